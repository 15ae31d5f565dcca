import type { Kind } from '../generator/settings.js';
import type { ProcessorGiven } from './processor.js';

export const effects = [
  'none',
  'grayscale',
  'blur',
  'pixelate',
  'mirror',
  'text',
  'background-blur',
  'background-replace',
  'gain',
  'delay',
  'custom',
] as const;

/** What is made of a stream. */
export type EffectName = (typeof effects)[number];

/** What is asked for, as it comes from attributes: anything may be missing or wrong. */
export interface EffectWishes {
  readonly effect: string | null;
  readonly amount: number | null;
  readonly text: string | null;
  readonly kind: string | null;
  readonly processor: ProcessorGiven | null;
  readonly workerPath: string | null;
  readonly background: string | null;
  readonly visionPath: string | null;
  readonly visionModel: string | null;
}

/** What an effect does; every value is usable. */
export interface EffectSettings {
  readonly effect: EffectName;
  readonly video: boolean;
  readonly audio: boolean;
  readonly amount: number;
  readonly text: string;
  readonly processor: ProcessorGiven | null;
  readonly workerPath: string;
  readonly background: string;
  readonly visionPath: string;
  readonly visionModel: string;
}

/** What is wrong with one of the wishes. */
export interface EffectProblem {
  readonly property: keyof EffectWishes;
  readonly message: string;
  /** Whether the nearest usable value stands in. */
  readonly clamped: boolean;
}

/** The least, the most and the usual amount of those that have one. */
const amounts: Readonly<Partial<Record<EffectName, readonly [number, number, number]>>> = {
  grayscale: [0, 1, 1],
  blur: [0, 100, 12],
  pixelate: [1, 200, 16],
  'background-blur': [0, 100, 12],
  gain: [0, 10, 2],
  delay: [0, 5000, 200],
};

const kinds: readonly Kind[] = ['video', 'audio'];

/** Makes settings of wishes, and tells what was wrong with them; `named`: how a message calls each. */
export function readEffect(
  wishes: EffectWishes,
  named = (property: keyof EffectWishes): string => `${property}="${String(wishes[property])}"`,
): {
  readonly settings: EffectSettings;
  readonly problems: readonly EffectProblem[];
} {
  const problems: EffectProblem[] = [];
  const effect = readName(wishes, problems);
  if (wishes.processor && effect !== 'custom') {
    const message = `processor is not used with effect="${effect}": leave the effect out.`;
    problems.push({ property: 'processor', message, clamped: true });
  }
  const wanted = effect === 'custom' ? readKinds(wishes, problems) : kindsOf(effect);
  /** What is for other effects does not change this one. */
  const of = (wish: string | null, ...names: EffectName[]): string => (names.includes(effect) && wish) || '';
  return {
    settings: {
      effect,
      video: wanted.includes('video'),
      audio: wanted.includes('audio'),
      amount: readAmount(effect, wishes.amount, named('amount'), problems),
      text: of(wishes.text, 'text'),
      processor: effect === 'custom' ? wishes.processor : null,
      workerPath: of(wishes.workerPath, 'custom'),
      background: of(wishes.background, 'background-replace'),
      visionPath: of(wishes.visionPath, 'background-blur', 'background-replace'),
      visionModel: of(wishes.visionModel, 'background-blur', 'background-replace'),
    },
    problems,
  };
}

function readName({ effect, processor }: EffectWishes, problems: EffectProblem[]): EffectName {
  const implied = processor ? 'custom' : 'none';
  if (!effect) return implied;
  const known = effects.find((name) => name === effect);
  if (!known) {
    const message = `effect="${effect}" is none of ${effects.join(', ')}.`;
    problems.push({ property: 'effect', message, clamped: false });
  }
  // What was to be hidden is not shown.
  return known ?? 'custom';
}

function kindsOf(effect: EffectName): readonly Kind[] {
  if (effect === 'none') return [];
  return effect === 'gain' || effect === 'delay' ? ['audio'] : ['video'];
}

function readKinds({ kind }: EffectWishes, problems: EffectProblem[]): readonly Kind[] {
  const words = (kind ?? 'video').split(/\s+/).filter(Boolean);
  const known = kinds.filter((name) => words.includes(name));
  if (known.length > 0 && known.length === new Set(words).size) return known;
  const message = `kind="${kind}" is none of "video", "audio" and "audio video".`;
  problems.push({ property: 'kind', message, clamped: false });
  return known.length > 0 ? known : ['video'];
}

function readAmount(
  effect: EffectName,
  amount: number | null,
  named: string,
  problems: EffectProblem[],
): number {
  const [least, most, usual] = amounts[effect] ?? [0, 0, 0];
  if (amount === null || least === most) return usual;
  const near = Number.isNaN(amount) ? usual : Math.min(most, Math.max(least, amount));
  if (near !== amount) {
    const message = `${named} is not from ${least} to ${most}: ${near} stands in.`;
    problems.push({ property: 'amount', message, clamped: true });
  }
  return near;
}
