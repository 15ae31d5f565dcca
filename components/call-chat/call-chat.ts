import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { KitElement } from '../internal/kit-element.js';
import { languageOf } from '../internal/language.js';
import { OnDemand } from '../internal/on-demand.js';
import { OwnerController } from '../internal/owner-controller.js';
import type { PeerCall } from '../peer-call/peer-call.js';
import { FileRequestEvent, SendRequestEvent, UnreadChangeEvent } from './call-chat.events.js';
import { strings, type Text } from './call-chat.strings.js';
import { styles } from './call-chat.styles.js';
import { fit, renderComposer } from './composer.js';
import { Correspondence } from './correspondence.js';
import { Dropping } from './dropping.js';
import type { FileLinks } from './file-links.js';
import { Formats } from './formats.js';
import { hindranceOf } from './hindrance.js';
import { bubbleIcon, downIcon } from './icons.js';
import { renderEntries } from './log.js';
import { readText } from './message-text.js';
import { Pace } from './pace.js';
import { Reading } from './reading.js';
import type { Sizes } from './sizes.js';

/**
 * The messages and files of a call, with a field to write in. A message is a text as it is: whatever else a page sends
 * with `send()` is not shown. Every file is asked for, and shown or saved only as what cannot run. One of more than 256 MiB
 * is stored at once where its receiver wants it, where the browser can ask. The last 500 are kept as long as the element is.
 *
 * @element call-chat
 * @slot empty - In place of what is shown before the first message.
 * @fires {SendRequestEvent} send-request - A message is to be sent: `text`. Unless it is prevented, the call's `send()` is called and the field emptied. Bubbles.
 * @fires {FileRequestEvent} file-request - A file is to be sent: `file`. Unless it is prevented, the call's `sendFile()` is called. Bubbles.
 * @fires {UnreadChangeEvent} unread-change - `unread` is another number.
 * @fires {ErrorEvent} error - A message or a file did not arrive, and nobody wanted that; `error` is the `MediaKitError` of the call.
 * @csspart log - The area of the messages.
 * @csspart message - The text of a message.
 * @csspart message-own - The text of a message of ours.
 * @csspart file - A file.
 * @csspart picture - The preview of a picture.
 * @csspart save-link - The link that saves a file.
 * @csspart new-messages - The button that goes to what came meanwhile.
 * @csspart status - Why nothing can be sent.
 * @csspart composer - What is below the messages.
 * @csspart field - The field to write in.
 * @csspart file-button - The button that chooses files.
 * @csspart send-button - The button that sends.
 * @cssprop [--call-chat-background] - Behind the messages.
 * @cssprop [--call-chat-own-background] - Of messages of ours.
 * @cssprop [--call-chat-own-text] - The text of messages of ours.
 * @cssprop [--call-chat-radius=12px] - Radius of the corners.
 * @cssstate unread - Something came that nobody has seen.
 * @cssstate quiet - There is nobody to write to.
 * @cssstate dragging - Files are held over it.
 */
export class CallChat extends KitElement {
  static override readonly styles = styles;
  static override readonly strings = strings;

  /** Id of the `<peer-call>`, in the same root, whose messages these are. Without one it is the nearest around this element. */
  @property({ attribute: 'for' }) htmlFor: string | null = null;
  /** What it is called, for those who do not see it; "Chat" in the language of `strings` by default. */
  @property() label: string | null = null;
  /** What stands in the field. */
  @property({ attribute: false }) value = '';

  readonly #text: Text = this.word.bind(this);
  readonly #pace = new Pace(() => this.requestUpdate());
  readonly #reading = new Reading(this, (unread) => {
    this.#pace.ask();
    this.dispatchEvent(new UnreadChangeEvent(unread));
  });
  readonly #dropping = new Dropping(this, (files) => this.#give(files));
  readonly #talk = new Correspondence({
    changed: () => this.#pace.ask(),
    came: () => {
      this.#files.retry();
      this.#reading.came();
    },
    failed: (error) => this.reportError(error),
  });
  readonly #files = new OnDemand(
    this,
    () => import('./files.js'),
    ({ FileLinks, Sizes }) => {
      this.#links = new FileLinks(() => this.requestUpdate());
      this.#sizes = new Sizes();
    },
  );
  #links: FileLinks | null = null;
  #sizes: Sizes | null = null;
  #formats: Formats | undefined;
  /** What had the focus before the update, and the entry that it was in. */
  #focused: readonly [(Element | null)?, (HTMLElement | null)?] = [];

  constructor() {
    super();
    new OwnerController<PeerCall>(this, {
      tags: ['peer-call'],
      isOwner: (element) => 'sendFile' in element,
      follow: (call) => this.#talk.follow(call),
    });
  }

  /** How many messages and files came while nobody could see the end of the chat: it was hidden, scrolled away, or the page was. */
  get unread(): number {
    return this.#reading.unread;
  }

  /** Forgets the messages and files, but for those on their way. */
  clear(): void {
    this.#talk.clear();
    this.#reading.toEnd();
  }

  /** Puts the cursor into the field. */
  override focus(options?: FocusOptions): void {
    this.renderRoot?.querySelector('textarea')?.focus(options);
  }

  /** What is around it may be another call. */
  override connectedMoveCallback(): void {
    this.requestUpdate();
  }

  protected override get customStates(): Readonly<Record<string, boolean>> {
    return {
      unread: this.unread > 0,
      quiet: this.#hindrance !== null,
      dragging: this.#dropping.active,
    };
  }

  get #hindrance(): string | null {
    return hindranceOf(this.#talk.call?.state, this.#talk.entries.length > 0);
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const focused = this.shadowRoot?.activeElement;
    this.#focused = [focused, focused?.closest<HTMLElement>('.entry')];
    const language = languageOf(this);
    if (this.#formats?.language !== language) this.#formats = new Formats(language);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.internals.role = 'group';
    this.internals.ariaLabel = this.#name;
    fit(this.renderRoot.querySelector('textarea')!);
    this.#links?.keep(
      new Set(this.#talk.entries.map((entry) => (entry.kind === 'file' ? entry.file : null))),
    );
    this.#keepFocus();
  }

  protected override release(): void {
    super.release();
    this.#talk.part();
    this.#links?.keep(new Set());
  }

  protected override render(): TemplateResult {
    const { unread } = this;
    const { entries, isHere } = this.#talk;
    const text = this.#text;
    const hindrance = this.#hindrance;
    const files = this.#files.get(entries.some(({ kind }) => kind === 'file'));
    return html`
      <div class="chat">
        <div
          class="log"
          part="log"
          role="log"
          aria-live="polite"
          aria-label=${this.#name}
          tabindex="0"
          @scroll=${this.#reading.onScroll}
        >
          ${
            entries.length > 0
              ? nothing
              : html`<slot name="empty"><p class="empty">${bubbleIcon()}${text('empty')}</p></slot>`
          }
          ${renderEntries({
            // What is out of the document is drawn, too, and would take what was given back.
            ...{
              entries,
              text,
              isHere,
              files,
              formats: this.#formats!,
              links: this.isConnected ? this.#links : null,
              sizes: this.#sizes,
            },
            explain: (error) => this.explain(error),
            retry: (message) => {
              if (this.#asks(new SendRequestEvent(message.text))) this.#talk.retry(message);
            },
            retryFile: ({ transfer }) => this.#offer(transfer.source!, transfer.peerId),
          })}
          <div class="end"></div>
        </div>
        ${
          unread > 0 && !this.#reading.atEnd
            ? html`
                <button class="new" part="new-messages" type="button" @click=${() => this.#reading.toEnd()}>
                  ${downIcon()}${text(unread > 1 ? 'new-messages' : 'new-message', { count: unread })}
                </button>
              `
            : nothing
        }
        <p class="status" part="status" role="status">${hindrance ? text(hindrance) : nothing}</p>
        ${renderComposer({
          ...{ text, value: this.value ?? '', usable: !hindrance },
          typed: (value) => (this.value = value),
          send: () => this.#send(),
          give: (files) => this.#give(files),
        })}
        ${this.#dropping.render(text(hindrance ?? 'drop'), !hindrance)}
      </div>
    `;
  }

  get #name(): string {
    return this.label ?? this.word('label');
  }

  /** False where a page does it itself. (What is dispatched where it is made, the manifest would describe twice.) */
  #asks(request: Event): boolean {
    return this.dispatchEvent(request);
  }

  #send(): void {
    const text = readText(this.value);
    if (!text || this.#hindrance || !this.#asks(new SendRequestEvent(text))) return;
    this.value = '';
    this.#reading.toEnd();
    this.#talk.say(text);
  }

  #give(files: readonly File[]): void {
    if (this.#hindrance) return;
    for (const file of files) this.#offer(file);
  }

  #offer(file: Blob, to = ''): void {
    if (!this.#asks(new FileRequestEvent(file))) return;
    this.#reading.toEnd();
    void this.#talk.give(file, to);
  }

  /** A button that was pressed may go. What comes in its place is not to be pressed by the same key. */
  #keepFocus(): void {
    const [gone, entry] = this.#focused;
    if (!gone || gone.isConnected) return;
    const place = entry?.isConnected ? entry : this.renderRoot.querySelector<HTMLElement>('.log')!;
    place.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'call-chat': CallChat;
  }
}
