import { LitElement, type PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';
import type { MediaKitError } from '../engine/errors.js';

/** Invoker commands of a tag: `--leave` → the name of the method that does it. */
export type Commands = Readonly<Record<`--${string}`, string>>;
/** The words that a tag shows, by key. */
export type Strings = Readonly<Record<string, string>>;
/** Looks words up by key and fills `{name}` in. */
export type Text = (key: string, values?: Readonly<Record<string, string | number>>) => string;

// Hidden pages get no animation frames, so the grace also ends by time.
const GRACE_TIMEOUT = 100;

/**
 * What every tag of the kit shares: one `AbortSignal` per connection, release after the grace, custom states, words,
 * invoker commands and errors.
 */
export abstract class KitElement extends LitElement {
  /** Invoker commands and the methods that they call. */
  static readonly commands: Commands = {};
  /** The English words of the tag; `strings` on the element wins. */
  static readonly strings: Strings = {};

  /** Keeps what the element owns alive while it is out of the document. */
  @property({ type: Boolean, attribute: 'keep-alive' }) keepAlive = false;
  /** Words that replace the built-in English ones, by key: see the static `strings` of the class. */
  @property({ attribute: false }) strings: Strings = {};

  /** ARIA and custom states; what the page's author sets on the element wins. */
  protected readonly internals = this.attachInternals();
  #connection: AbortController | undefined;
  #grace: AbortController | undefined;

  /** What frameworks set where a value is not there is what an attribute leaves that is gone: null. */
  override requestUpdate(name?: PropertyKey, ...change: unknown[]): void {
    super.requestUpdate(name, ...(change as []));
    const element = this as Record<PropertyKey, unknown>;
    if (name && element[name] === undefined) element[name] = null;
  }

  /** Called on each connection; everything tied to `signal` ends with it. */
  protected connected(_signal: AbortSignal): void {}

  /** Gives back what the element owns. Called when it is still disconnected after the grace. */
  protected release(): void {}

  /** The custom states as they should be; the render cycle writes them. */
  protected get customStates(): Readonly<Record<string, boolean>> {
    return {};
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#grace?.abort();
    this.#connection?.abort();
    const { signal } = (this.#connection = new AbortController());
    this.addEventListener('command', (event) => this.#onCommand(event), { signal });
    this.connected(signal);
    // Lit does not render on reconnection by itself.
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#connection?.abort();
    if (!this.keepAlive) this.#releaseAfterGrace();
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    if (this.ownerDocument === document) return super.createRenderRoot();
    this.adoptedCallback();
    return this.attachShadow((this.constructor as typeof KitElement).shadowRootOptions);
  }

  /** Style sheets belong to one document, and a window of its own has another: gets those once it is drawn. */
  adoptedCallback(): void {
    void import('./other-document.js').then(({ dress }) => dress(this));
  }

  /** Defined, so that `moveBefore()` neither disconnects nor connects. */
  connectedMoveCallback(): void {}

  protected override updated(_changed: PropertyValues): void {
    for (const [name, on] of Object.entries(this.customStates)) {
      this.internals.states[on ? 'add' : 'delete'](name);
    }
  }

  /** The word for `key`, with `{name}` replaced from `values`. */
  protected word(key: string, values: Readonly<Record<string, string | number>> = {}): string {
    const words = (this.constructor as typeof KitElement).strings;
    const template = this.strings?.[key] ?? words[key] ?? key;
    return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  }

  /** The page's own words for an error, which it gives as `error-<code>`, else the error's message. */
  protected explain({ code, message }: MediaKitError): string {
    const key = `error-${code}`;
    const own = this.word(key);
    return own === key ? message : own;
  }

  /** Fires `error` with the given error. `quiet`: nobody need be shown it, for it was meant so. */
  protected reportError(error: MediaKitError, _quiet?: boolean): void {
    this.dispatchEvent(new ErrorEvent('error', { error, message: error.message }));
  }

  /** Fires `error` with what `run` rejects with, and rejects with the same. */
  protected async try<R>(run: () => R | Promise<R>): Promise<R> {
    try {
      return await run();
    } catch (thrown) {
      this.reportError(thrown as MediaKitError);
      throw thrown;
    }
  }

  #onCommand(event: Event & { readonly command?: string }): void {
    const { commands } = this.constructor as typeof KitElement;
    const method = commands[event.command as `--${string}`];
    if (!method) return;
    const element = this as unknown as Partial<Record<string, () => unknown>>;
    // The method has fired `error` itself: a button has nobody to hand a rejection to.
    Promise.resolve(element[method]?.()).catch(() => {});
  }

  #releaseAfterGrace(): void {
    this.#grace?.abort();
    const { signal } = (this.#grace = new AbortController());
    const release = (): void => {
      if (signal.aborted) return;
      this.#grace?.abort();
      this.release();
    };
    let frame = requestAnimationFrame(() => (frame = requestAnimationFrame(release)));
    setTimeout(release, GRACE_TIMEOUT);
    signal.addEventListener('abort', () => cancelAnimationFrame(frame));
  }
}
