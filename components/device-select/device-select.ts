import type { PropertyValues, TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { DeviceList } from '../engine/capture/device-list.js';
import { sameDevices } from '../engine/capture/devices.js';
import { readPreferences, remember } from '../engine/capture/preferences.js';
import { MediaKitError } from '../engine/errors.js';
import { KitElement, type Text } from '../internal/kit-element.js';
import { OwnerController } from '../internal/owner-controller.js';
import { warnOfOther } from '../internal/wrong-value.js';
import {
  choicesOf,
  deviceInUse,
  deviceKind,
  deviceKinds,
  devicesOf,
  isOfUse,
  type Choice,
  type DeviceKind,
  type DeviceOwner,
} from './choices.js';
import { DeviceChangeEvent, DeviceRequestEvent } from './device-select.events.js';
import { strings } from './device-select.strings.js';
import { styles } from './device-select.styles.js';
import { view } from './device-select.view.js';
import { Field } from './field.js';

/** After these an owner may use another device. */
const CHANGES = [
  'stream-change',
  'local-stream-change',
  'call-state-change',
  'preview-state-change',
  'error',
];

/** What a browser that shows its own list of speakers adds. */
interface SpeakerChooser {
  selectAudioOutput?(): Promise<MediaDeviceInfo>;
}

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
  readonly #list = new DeviceList();
  #owner: DeviceOwner | null = null;
  #devices: readonly MediaDeviceInfo[] = [];
  /** What was chosen, until the owner uses another one. */
  #value = '';
  /** Whether that was before there was an owner to take it. */
  #due = false;
  #recalled = false;

  constructor() {
    super();
    new OwnerController<DeviceOwner>(this, {
      tags: ['stream-preview', 'peer-call'],
      alone: true,
      isOwner: (element) => 'setSinkId' in element && 'microphone' in element,
      follow: (owner, signal) => this.#follow(owner, signal),
    });
    this.#list.store.subscribe(() => this.#listed());
  }

  /** The devices of the kind. Before the first permission they have neither names nor ids. */
  get devices(): readonly MediaDeviceInfo[] {
    return this.#devices;
  }

  /** The id of the device that is chosen or in use; the empty text is none, or the system's own speaker. Setting it chooses. */
  @property({ attribute: false })
  get value(): string {
    return this.#value;
  }

  set value(value: string) {
    if (value === this.#value) return;
    this.#take(value);
    this.#give(value);
  }

  /** What is around it may be another preview or call. */
  override connectedMoveCallback(): void {
    this.requestUpdate();
  }

  /** @internal What is in use is what was chosen. */
  formResetCallback(): void {
    this.#due = false;
    this.#take(this.#inUse);
  }

  /** @internal */
  formStateRestoreCallback(state: string): void {
    this.value = state;
  }

  protected override get customStates(): Readonly<Record<string, boolean>> {
    return { unavailable: !this.#isOfUse };
  }

  protected override connected(signal: AbortSignal): void {
    this.#list.follow(signal);
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (changed.has('kind')) warnOfOther(this, 'kind', this.kind, deviceKinds, 'camera is used');
    if (!this.hasUpdated) return;
    if (changed.has('kind')) this.#exchange(!changed.has('value'));
    if (changed.has('persist')) this.#recall();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const select = this.renderRoot.querySelector('select')!;
    // After its options are there, of which Lit knows nothing.
    select.value = this.#value;
    this.#tellForm();
  }

  protected override render(): TemplateResult {
    const choices = this.#choices;
    const label = this.label ?? this.word(this.#kind);
    const model = {
      label,
      name: this.#nameWith(label),
      value: this.#value,
      choices,
      disabled: this.off || choices.length === 0,
      // The system's own speaker will do.
      required: this.required && this.#kind !== 'speaker',
      asks: this.#asks,
      text: this.#text,
    };
    return view(model, { choose: (deviceId) => this.#choose(deviceId), ask: () => void this.#ask() });
  }

  get #kind(): DeviceKind {
    return deviceKind(this.kind);
  }

  /** What a label on the page says goes before its own: such a label names the element, not the list in it. */
  #nameWith(label: string): string {
    const labels = [...(this.internals.labels as NodeListOf<Element>)];
    const words = [...labels.map(({ textContent }) => textContent.trim()), label];
    return words.filter(Boolean).join(' ') || this.word(this.#kind);
  }

  get #choices(): readonly Choice[] {
    return choicesOf(this.#kind, this.#devices);
  }

  /** Whether the browser has a list of speakers of its own, and shows it before it names any. */
  get #asks(): boolean {
    return this.#kind === 'speaker' && speakerChooser()?.selectAudioOutput !== undefined;
  }

  get #isOfUse(): boolean {
    return isOfUse(this.#kind, this.#owner, Math.max(this.#choices.length, this.#devices.length), this.#asks);
  }

  get #inUse(): string {
    return this.#owner ? deviceInUse(this.#kind, this.#owner) : '';
  }

  #follow(owner: DeviceOwner | null, signal: AbortSignal): void {
    this.#owner = owner;
    const look = (): void => {
      // What is captured now was permitted, and has a name; Firefox lists no speaker before.
      if (this.#list.store.snapshot.devices.some(({ label }) => !label)) void this.#list.refresh();
      this.#use();
    };
    for (const type of CHANGES) owner?.addEventListener(type, look, { signal });
    if (owner && this.#due) this.#give(this.#value);
    this.#recall();
    this.#use();
  }

  /** The owner is right: it may have fallen back to another device, or been told otherwise. */
  #use(): void {
    const inUse = this.#inUse;
    if (inUse || (this.#owner && this.#kind === 'speaker')) this.#take(inUse);
    this.requestUpdate();
  }

  #listed(): void {
    const before = this.#devices;
    const now = devicesOf(this.#kind, this.#list.store.snapshot.devices);
    if (sameDevices(before, now)) return;
    this.#devices = Object.freeze(now);
    this.#recall();
    this.#use();
    this.dispatchEvent(new DeviceChangeEvent(this.#devices));
  }

  /** Another kind has another list, and was remembered by itself. `forget`: what was chosen is of the last one. */
  #exchange(forget: boolean): void {
    this.#recalled = false;
    if (forget) this.#take('');
    this.#listed();
  }

  /** Makes the remembered choice again, once for a kind, where the page has made none. */
  #recall(): void {
    const kind = this.#kind;
    const id = readPreferences()[kind];
    const there = this.#devices.some(({ deviceId }) => deviceId === id);
    if (this.#recalled || !this.persist || !id || !there || !this.#owner) return;
    this.#recalled = true;
    if (kind === 'speaker' ? this.#owner.sinkId : this.#owner[kind]) return;
    this.#take(id);
    this.#give(id);
  }

  async #ask(): Promise<void> {
    try {
      const { deviceId } = await speakerChooser()!.selectAudioOutput!();
      await this.#list.refresh();
      this.#choose(deviceId);
    } catch (cause) {
      // Who closes the browser's list has chosen nothing.
      if ((cause as Error).name === 'NotAllowedError') return;
      this.reportError(
        new MediaKitError('device-not-found', 'The browser offers no speaker: connect one.', { cause }),
      );
    }
  }

  #choose(value: string): void {
    if (!this.dispatchEvent(new DeviceRequestEvent(this.#kind, value))) return this.requestUpdate();
    this.#take(value);
    this.#give(value);
    if (this.persist) remember({ [this.#kind]: value });
    this.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
    this.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /** Shows it as chosen. */
  #take(value: string): void {
    const before = this.#value;
    this.#value = value;
    this.requestUpdate('value', before);
    // Whoever hears `change` may read the form at once.
    if (this.hasUpdated) this.#tellForm();
  }

  #tellForm(): void {
    const missing = this.required && this.#isOfUse && !this.#value && this.#kind !== 'speaker';
    const select = this.renderRoot.querySelector('select')!;
    this.tellForm(this.#value, missing ? this.word('required') : '', select);
  }

  /** Has the owner use it. What fails there is an `error` event there, and what is in use is shown again. */
  #give(value: string): void {
    const kind = this.#kind;
    const owner = this.#owner;
    this.#due = !owner;
    if (!owner) return;
    const told = (): void => this.#use();
    if (kind === 'speaker') owner.setSinkId(value).then(told, told);
    else if (value && value === owner[kind] && value !== this.#inUse)
      void this.#nameAgain(owner, kind, value);
    else owner[kind] = value || null;
  }

  /** It is named already, and another one has been switched to since: that would be nothing new. */
  async #nameAgain(owner: DeviceOwner, kind: 'camera' | 'microphone', value: string): Promise<void> {
    owner[kind] = null;
    await owner.updateComplete;
    owner[kind] = value;
  }
}

const speakerChooser = (): SpeakerChooser | undefined =>
  (navigator as unknown as { mediaDevices?: SpeakerChooser }).mediaDevices;

declare global {
  interface HTMLElementTagNameMap {
    'device-select': DeviceSelect;
  }
}
