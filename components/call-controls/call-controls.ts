import { nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { CallState } from '../engine/call/call-state.js';
import { renderDoor, renderToolbar, screenToggle } from '../internal/call-bar.js';
import { bubbleIcon } from '../internal/call-icons.js';
import { isActive } from '../internal/call-states.js';
import {
  deviceToggles,
  perform,
  renderToggle,
  type Act,
  type Controlled,
  type Toggle,
} from '../internal/call-toggles.js';
import { KitElement, type Text } from '../internal/kit-element.js';
import { OwnerController } from '../internal/owner-controller.js';
import { RovingFocus } from '../internal/roving-focus.js';
import { warnOfOther } from '../internal/wrong-value.js';
import type { PeerCall } from '../peer-call/peer-call.js';
import { ControlRequestEvent } from './call-controls.events.js';
import { strings } from './call-controls.strings.js';
import { styles } from './call-controls.styles.js';
import { devicesIcon } from './icons.js';
import { Panel, renderPanelButton } from './panel.js';
import { isTaken } from './typing.js';

/** The buttons, as `hide` has them. */
const NAMES = ['microphone', 'camera', 'screen', 'devices', 'chat', 'leave'];

/** As long as there is no call. */
const NOBODY = {
  status: 'idle',
  audio: false,
  video: false,
  localStream: null,
  localScreen: null,
} as const satisfies Controlled & Pick<CallState, 'status'>;

/**
 * The buttons of a call that is around it or elsewhere on the page. Each fires a request that the page may prevent to do
 * something else instead. A button is also pressed by its letter anywhere on the page, unless somebody types, or by the
 * letter that `strings` gives it as `key-microphone`, `key-camera`, `key-screen`, `key-devices` or `key-chat`; an empty
 * text turns the shortcut off. Of several bars the one with the focus in it or in its call is meant.
 *
 * @element call-controls
 * @fires {ControlRequestEvent} microphone-request - The microphone is to be on or off: `on`. Unless it is prevented, the call's `toggleAudio()` is called. Bubbles.
 * @fires {ControlRequestEvent} camera-request - The camera is to be on or off: `on`. Unless it is prevented, the call's `toggleVideo()` is called. Bubbles.
 * @fires {ControlRequestEvent} screen-request - A screen is to be shared or no longer: `on`. Unless it is prevented, the call's `shareScreen()` or `stopSharing()` is called. Bubbles.
 * @fires {ControlRequestEvent} devices-request - The element that `devices` names is to be shown or hidden: `on`. Unless it is prevented, that is done. Bubbles.
 * @fires {ControlRequestEvent} chat-request - The element that `chat` names is to be shown or hidden: `on`. Unless it is prevented, that is done. Bubbles.
 * @fires {ControlRequestEvent} join-request - The call is to be joined. Unless it is prevented, its `join()` is called. Bubbles.
 * @fires {ControlRequestEvent} leave-request - The call is to be left. Unless it is prevented, its `leave()` is called. Bubbles.
 * @csspart button - A button.
 * @cssprop [--call-controls-background] - Behind the buttons.
 * @cssprop [--call-controls-radius=12px] - Radius of the corners.
 * @cssstate active - In the call, or on the way into it.
 */
export class CallControls extends KitElement {
  static override readonly styles = styles;
  static override readonly strings = strings;

  /** Id of the `<peer-call>`, in the same root, that the buttons control. Without one it is the nearest around this element. */
  @property({ attribute: 'for' }) htmlFor: string | null = null;
  /** The buttons that are not to be there: `microphone`, `camera`, `screen`, `devices`, `chat`, `leave`, with spaces between them. `leave` also joins. Without the attribute all are there. */
  @property() hide: string | null = null;
  /** Id of the element, in the same root, that a button shows and hides to choose devices: a popover, or anything by its `hidden`. Without the attribute there is no such button; an empty one leaves it all to `devices-request`, whose `on` is then always true. */
  @property() devices: string | null = null;
  /** Id of the `<call-chat>` or another element, in the same root, that a button shows and hides: a popover, or anything by its `hidden`. What is unread there is told. Without the attribute there is no such button; an empty one leaves it all to `chat-request`, whose `on` is then always true. */
  @property() chat: string | null = null;

  readonly #text: Text = this.word.bind(this);
  readonly #focus = new RovingFocus(this);
  readonly #devices = new Panel(this, () => this.devices);
  readonly #chat = new Panel(this, () => this.chat);
  #call: PeerCall | null = null;

  constructor() {
    super();
    new OwnerController<PeerCall>(this, {
      tags: ['peer-call'],
      isOwner: (element) => 'toggleAudio' in element,
      follow: (call, signal) => {
        this.#call = call;
        this.requestUpdate();
        call?.addEventListener('call-state-change', () => this.requestUpdate(), { signal });
        call?.addEventListener('keydown', this.#onKeydown, { signal });
      },
    });
  }

  /** What is around it may be another call. */
  override connectedMoveCallback(): void {
    this.requestUpdate();
  }

  protected override get customStates(): Readonly<Record<string, boolean>> {
    return { active: this.#call !== null && isActive(this.#call.state) };
  }

  protected override connected(signal: AbortSignal): void {
    super.connected(signal);
    // The nearest to the focus hears it first, and the others that it is done.
    const places: readonly EventTarget[] = [this, document];
    for (const place of places) place.addEventListener('keydown', this.#onKeydown, { signal });
  }

  protected override release(): void {
    super.release();
    this.#call = null;
    this.requestUpdate();
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (!changed.has('hide')) return;
    for (const name of this.#hidden) warnOfOther(this, 'hide', name, NAMES, 'it hides nothing');
  }

  protected override render(): TemplateResult {
    const state = this.#call?.state ?? NOBODY;
    const active = isActive(state);
    const text = this.#text;
    const [microphone, camera] = deviceToggles(state, this.#act);
    const buttons = [
      this.#toggle('microphone', microphone),
      this.#toggle('camera', camera),
      this.#toggle('screen', screenToggle(state, active, this.#act)),
      this.devices === null ? nothing : this.#opener('devices', this.#devices, devicesIcon()),
      this.chat === null ? nothing : this.#opener('chat', this.#chat, bubbleIcon()),
      this.#hides('leave') ? nothing : renderDoor(active, text, this.#act, this.#call !== null),
    ];
    return renderToolbar(buttons, text, this.#focus);
  }

  readonly #act: Act = (control, on) => {
    const name = control === 'call' ? (on ? 'join' : 'leave') : control;
    if (this.#call && this.#asks(new ControlRequestEvent(`${name}-request`, on)))
      perform(this.#call, control, on);
  };

  readonly #onKeydown = (event: Event): void => {
    // One that a browser makes when it fills a field in by itself is none of a key.
    if (!(event instanceof KeyboardEvent) || isTaken(event)) return;
    const key = event.key.toLowerCase();
    const button = [...this.renderRoot.querySelectorAll<HTMLElement>('[aria-keyshortcuts]')].find(
      (one) => one.getAttribute('aria-keyshortcuts')!.toLowerCase() === key,
    );
    if (!button?.checkVisibility()) return;
    event.preventDefault();
    button.click();
  };

  /** False where a page does it itself. */
  #asks(request: ControlRequestEvent): boolean {
    return this.dispatchEvent(request);
  }

  get #hidden(): readonly string[] {
    return this.hide?.split(/\s+/).filter(Boolean) ?? [];
  }

  #hides(name: string): boolean {
    return this.#hidden.includes(name);
  }

  #toggle(name: string, toggle: Toggle | null): TemplateResult | typeof nothing {
    if (!toggle || this.#hides(name)) return nothing;
    return renderToggle(toggle, this.#text, this.word(`key-${name}`));
  }

  #opener(name: 'devices' | 'chat', panel: Panel, icon: TemplateResult): TemplateResult | typeof nothing {
    if (this.#hides(name)) return nothing;
    const shortcut = this.word(`key-${name}`);
    const ask = (open: boolean): boolean => this.#asks(new ControlRequestEvent(`${name}-request`, open));
    return renderPanelButton({ name, panel, icon, shortcut, ask }, this.#text);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'call-controls': CallControls;
  }
}
