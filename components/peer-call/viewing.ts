import type { LitElement, ReactiveController } from 'lit';
import type { ViewBody, ViewSize } from '../engine/call/frames.js';
import type { PeerState } from '../engine/call/room.js';
import { screenOf } from './layout.js';

/** In device pixels: what differs by less is the same, for another size begins the picture anew. */
const STEP = 64;
const LARGEST = 16_384;
const LEAST: ViewSize = { width: 1, height: 1 };
/** In milliseconds, from one look to the next. */
const PAUSE = 500;

interface Host extends LitElement {
  readonly peers: readonly PeerState[];
}

/**
 * Looks how large the tiles of its host are and tells each connected member when that has changed. What is out of sight
 * gets the least, so that it moves when it is scrolled to, and so does what is not sent; a hidden page or host shows
 * nothing. A host that was never shown tells nothing: its streams may be seen elsewhere.
 */
export class Viewing implements ReactiveController {
  readonly #host: Host;
  readonly #tell: (peerId: string, view: ViewBody) => void;
  readonly #told = new Map<string, string>();
  readonly #tiles = new Set<Element>();
  readonly #outOfSight = new Set<Element>();
  #connection: AbortController | undefined;
  #watch: readonly [ResizeObserver, IntersectionObserver] | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = -Infinity;

  constructor(host: Host, tell: (peerId: string, view: ViewBody) => void) {
    this.#host = host;
    this.#tell = tell;
    host.addController(this);
  }

  hostConnected(): void {
    this.#connection = new AbortController();
    const { signal } = this.#connection;
    document.addEventListener('visibilitychange', () => this.#soon(), { signal });
    const seen = (entries: readonly IntersectionObserverEntry[]): void => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) this.#outOfSight.delete(target);
        else this.#outOfSight.add(target);
      }
      this.#soon();
    };
    this.#watch = [new ResizeObserver(() => this.#soon()), new IntersectionObserver(seen)];
  }

  hostUpdated(): void {
    const tiles = this.#host.renderRoot.querySelectorAll('[data-tile]');
    const now = new Set(tiles);
    for (const gone of [...this.#tiles].filter((tile) => !now.has(tile))) {
      for (const observer of this.#watch ?? []) observer.unobserve(gone);
      this.#tiles.delete(gone);
      this.#outOfSight.delete(gone);
    }
    for (const tile of this.#host.isConnected ? tiles : []) {
      if (this.#tiles.has(tile)) continue;
      for (const observer of this.#watch ?? []) observer.observe(tile);
      this.#tiles.add(tile);
    }
    this.#soon();
  }

  hostDisconnected(): void {
    this.#connection?.abort();
    for (const observer of this.#watch ?? []) observer.disconnect();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const kept of [this.#told, this.#tiles, this.#outOfSight]) kept.clear();
  }

  #soon(): void {
    if (!this.#host.isConnected) return;
    this.#timer ??= setTimeout(() => this.#look(), this.#last + PAUSE - performance.now());
  }

  #look(): void {
    this.#timer = undefined;
    this.#last = performance.now();
    const connected = this.#host.peers.filter(({ status }) => status === 'connected');
    const ids = connected.map(({ id }) => id);
    const shown = this.#host.renderRoot.querySelector('[data-tile]')?.getClientRects().length;
    for (const id of this.#told.keys()) if (!ids.includes(id)) this.#told.delete(id);
    for (const id of ids) {
      const view = { camera: this.#size(id), screen: this.#size(screenOf(id)) };
      const words = JSON.stringify(view);
      if (words === this.#told.get(id) || !(shown || this.#told.has(id))) continue;
      this.#told.set(id, words);
      this.#tell(id, view);
    }
  }

  #size(id: string): ViewSize {
    const tile = [...this.#tiles].find((one) => (one as HTMLElement).dataset.tile === id);
    const { pictureInPictureElement } = this.#host.shadowRoot as DocumentOrShadowRoot;
    const apart = tile?.contains(pictureInPictureElement ?? null);
    const { width, height } = (tile ?? this.#host).getBoundingClientRect();
    if (!width || (document.hidden && !apart)) return null;
    // What is not there yet is to be seen as soon as it begins.
    if (!tile || (this.#outOfSight.has(tile) && !apart)) return LEAST;
    const side = (pixels: number): number =>
      Math.min(LARGEST, Math.ceil((pixels * devicePixelRatio) / STEP) * STEP);
    return { width: side(width), height: side(height) };
  }
}
