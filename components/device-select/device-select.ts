import type { PropertyValues, TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { KitElement, type Text } from '../internal/kit-element.js';
import { OwnerController } from '../internal/owner-controller.js';
import { warnOfOther } from '../internal/wrong-value.js';
import { deviceKinds, isOfUse, type DeviceKind, type DeviceOwner } from './choices.js';
import { DeviceRequestEvent } from './device-select.events.js';
import { strings } from './device-select.strings.js';
import { styles } from './device-select.styles.js';
import { view } from './device-select.view.js';
import { Field } from './field.js';
import { Selection } from './selection.js';
import { askForSpeaker, hasSpeakerList } from './speaker-list.js';

/**
 * A list of cameras, microphones or speakers to choose from, for a `<stream-preview>` or a `<peer-call>`; also a field of
 * a form. What is plugged in or out appears and goes. It hides itself where a choice would have no effect.
 *
 * @element device-select
 * @fires {DeviceRequestEvent} device-request - A device was chosen: `kind`, `deviceId`. Unless it is prevented, its owner takes it. Bubbles.
 * @fires {DeviceChangeEvent} device-change - `devices` is another list.
 * @fires {Event} input - The user chose a device.
 * @fires {Event} change - The user chose a device.
 * @fires {ErrorEvent} error - The browser's own list of speakers failed.
 * @csspart label - What is chosen here.
 * @csspart select - The list.
 * @csspart other-button - The button that opens the browser's own list of speakers.
 * @cssprop [--device-select-background] - Behind the list.
 * @cssprop [--device-select-radius=8px] - Radius of the corners.
 * @cssstate unavailable - A choice would have no effect; the element is hidden.
 */
export class DeviceSelect extends Field(KitElement) {
  /** @internal */
  static override readonly shadowRootOptions = { ...KitElement.shadowRootOptions, delegatesFocus: true };
  static override readonly styles = styles;
  static override readonly strings = strings;

  /** Id of the `<stream-preview>` or `<peer-call>`, in the same root, that takes the device. Without one it is the nearest around this element. */
  @property({ attribute: 'for' }) htmlFor: string | null = null;
  /** What is chosen: `camera`, `microphone` or `speaker`. */
  @property() kind: DeviceKind = 'camera';
  /** Remember the choice for all pages of this origin, and make it again. */
  @property({ type: Boolean }) persist = false;
  /** What it is called in place of its kind. */
  @property() label: string | null = null;

  readonly #text: Text = this.word.bind(this);
  readonly #selection = new Selection(this, (before) => this.#taken(before));

  constructor() {
    super();
    new OwnerController<DeviceOwner>(this, {
      tags: ['stream-preview', 'peer-call'],
      alone: true,
      isOwner: (element) => 'setSinkId' in element && 'microphone' in element,
      follow: (owner, signal) => this.#selection.follow(owner, signal),
    });
  }

  /** The devices of the kind. Before the first permission they have neither names nor ids. */
  get devices(): readonly MediaDeviceInfo[] {
    return this.#selection.devices;
  }

  /** The id of the device that is chosen or in use; the empty text is none, or the system's own speaker. Setting it chooses. */
  @property({ attribute: false })
  get value(): string {
    return this.#selection.value;
  }

  set value(value: string) {
    if (value !== this.value) this.#selection.choose(value);
  }

  /** What is around it may be another preview or call. */
  override connectedMoveCallback(): void {
    this.requestUpdate();
  }

  /** @internal What is in use is what was chosen. */
  formResetCallback(): void {
    this.#selection.reset();
  }

  /** @internal */
  formStateRestoreCallback(state: string): void {
    this.value = state;
  }

  protected override get customStates(): Readonly<Record<string, boolean>> {
    return { unavailable: !this.#isOfUse };
  }

  protected override connected(signal: AbortSignal): void {
    this.#selection.connect(signal);
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (changed.has('kind')) warnOfOther(this, 'kind', this.kind, deviceKinds, 'camera is used');
    if (!this.hasUpdated) return;
    if (changed.has('kind')) this.#selection.exchange(!changed.has('value'));
    if (changed.has('persist')) this.#selection.recall();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const select = this.renderRoot.querySelector('select')!;
    // After its options are there, of which Lit knows nothing.
    select.value = this.value;
    this.#tellForm();
  }

  protected override render(): TemplateResult {
    const { choices } = this.#selection;
    const label = this.#label;
    // The system's own speaker will do.
    const required = this.required && this.#kind !== 'speaker';
    const model = {
      label,
      name: this.nameWith(label) || this.word(this.#kind),
      value: this.value,
      choices,
      // One that is missing can be told where it takes the focus.
      disabled: this.off || (choices.length === 0 && !required),
      required,
      asks: this.#asks,
      text: this.#text,
    };
    return view(model, { choose: (deviceId) => this.#choose(deviceId), ask: () => void this.#ask() });
  }

  get #kind(): DeviceKind {
    return this.#selection.kind;
  }

  get #label(): string {
    return this.label ?? this.word(this.#kind);
  }

  get #asks(): boolean {
    return this.#kind === 'speaker' && hasSpeakerList();
  }

  get #isOfUse(): boolean {
    const { owner, choices, devices } = this.#selection;
    return isOfUse(this.#kind, owner, Math.max(choices.length, devices.length), this.#asks);
  }

  async #ask(): Promise<void> {
    // What fails here was an `error` event.
    const deviceId = await this.try(askForSpeaker).catch(() => null);
    if (deviceId === null) return;
    await this.#selection.refresh();
    this.#choose(deviceId);
  }

  #choose(value: string): void {
    if (!this.dispatchEvent(new DeviceRequestEvent(this.#kind, value))) return this.requestUpdate();
    this.#selection.choose(value);
    this.#selection.remember(value);
    this.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
    this.dispatchEvent(new Event('change', { bubbles: true }));
  }

  #taken(before: string): void {
    this.requestUpdate('value', before);
    // Whoever hears `change` may read the form at once.
    if (this.hasUpdated) this.#tellForm();
  }

  #tellForm(): void {
    const missing = this.required && this.#isOfUse && !this.value && this.#kind !== 'speaker';
    const select = this.renderRoot.querySelector('select')!;
    // Without permission there is nothing to choose from.
    const key = this.#selection.choices.length ? 'required' : 'forbidden';
    const words = missing ? this.word(key, { kind: this.#label }) : '';
    this.tellForm(this.value, words, select);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'device-select': DeviceSelect;
  }
}
