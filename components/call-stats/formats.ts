import type { CandidatePair, PeerQuality } from '../engine/call/quality.js';
import type { Text } from '../internal/kit-element.js';
import { localeOf } from '../internal/language.js';
import type { Figure, Value } from './figures.js';

/** Figures in the language of a page. */
export class Formats {
  /** The language as it was given. */
  readonly language: string;
  readonly #text: Text;
  readonly #kilobits: Intl.NumberFormat;
  readonly #megabits: Intl.NumberFormat;
  readonly #milliseconds: Intl.NumberFormat;
  readonly #percent: Intl.NumberFormat;
  readonly #number: Intl.NumberFormat;

  constructor(language: string, text: Text) {
    this.language = language;
    this.#text = text;
    const locale = localeOf(language);
    const unit = (name: string, maximumFractionDigits: number): Intl.NumberFormat =>
      new Intl.NumberFormat(locale, { style: 'unit', unit: name, maximumFractionDigits });
    this.#kilobits = unit('kilobit-per-second', 0);
    this.#megabits = unit('megabit-per-second', 1);
    this.#milliseconds = unit('millisecond', 0);
    this.#percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
    this.#number = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  }

  /** A value of a figure with its unit; null where it is not known. */
  value(name: Figure['name'], value: Value): string | null {
    if (value === null) return null;
    const count = this.#number.format(value);
    switch (name) {
      case 'bitrate':
        return value < 1e6 ? this.#kilobits.format(value / 1e3) : this.#megabits.format(value / 1e6);
      case 'round-trip':
        return this.#milliseconds.format(value * 1e3);
      case 'loss':
        return this.#percent.format(value);
      case 'frame-rate':
        return this.#text('frames', { count });
      case 'resolution':
        return this.#text('pixels', { count });
    }
  }

  /** The figure now, line by line. */
  values({ name, read, lines }: Figure, quality: PeerQuality | null): readonly (string | null)[] {
    if (!quality) return Array<null>(lines).fill(null);
    if (name !== 'resolution') return read(quality).map((value) => this.value(name, value));
    return [quality.received, quality.sent].map(({ width, height }) =>
      width && height ? `${width} × ${height}` : null,
    );
  }

  /** By which way a connection goes; null where it is not known. */
  path(pair: CandidatePair | null): string | null {
    if (!pair) return null;
    const { local, remote, protocol, relayProtocol } = pair;
    const way = [local, remote].includes('relay') ? 'relayed' : 'direct';
    return this.#text(way, { protocol: (relayProtocol ?? protocol).toUpperCase() });
  }
}

/** The codecs in use, line by line. */
export function codecsOf(quality: PeerQuality | null): readonly (string | null)[] {
  return [quality?.received, quality?.sent].map((media) => media?.codecs.join(', ') || null);
}
