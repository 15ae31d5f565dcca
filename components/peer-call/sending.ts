import type { PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';
import { checkSending, type SendingOptions } from '../engine/call/sending-options.js';
import type { MediaKitError } from '../engine/errors.js';
import type { Constructor } from '../internal/constructor.js';
import type { KitElement } from '../internal/kit-element.js';
import type { CallOptions } from './call.js';
import type { CallingElement } from './calling.js';
import { textOf } from './text-of.js';

/** What an element offers that says how media are sent. */
export declare class SendingElement {
  direction: NonNullable<SendingOptions['direction']>;
  codecs: string;
  maxBitrate: number | null;
  maxFrameRate: number | null;
  degradationPreference: RTCDegradationPreference | null;
}

/** Adds how media are sent to an element that calls. All of it may change during a call. */
export function Sending<T extends Constructor<KitElement & CallingElement>>(Superclass: T) {
  abstract class SendingClass extends Superclass {
    /** What of the following makes sense. */
    #sending: SendingOptions = {};

    /** `sendrecv`; `sendonly` takes nothing from the others, `recvonly` captures and sends nothing. */
    @property() direction: NonNullable<SendingOptions['direction']> = 'sendrecv';
    /** The codecs to send, by preference: `vp9,vp8`. Those that one of two browsers lacks are left out; empty leaves it to them. */
    @property({ converter: textOf }) codecs = '';
    /** The most that is sent to all others together, in bit/s; null leaves it to the browser and the number of members. */
    @property({ attribute: 'max-bitrate', type: Number }) maxBitrate: number | null = null;
    /** The most frames of the camera in a second; null sends all. */
    @property({ attribute: 'max-frame-rate', type: Number }) maxFrameRate: number | null = null;
    /** What gives way first: `maintain-framerate`, `maintain-resolution` or `balanced`; null leaves it to the browser. */
    @property({ attribute: 'degradation-preference' })
    degradationPreference: RTCDegradationPreference | null = null;

    /** Who only receives need no devices. */
    protected override get joining(): CallOptions {
      const joining = super.joining;
      return this.direction === 'recvonly' ? { ...joining, audio: false, video: false } : joining;
    }

    protected override willUpdate(changed: PropertyValues): void {
      const { direction, maxBitrate, maxFrameRate, degradationPreference } = this;
      const codecs = textOf(this.codecs)
        .split(/[\s,]+/)
        .filter(Boolean);
      const before = this.#sending;
      const wanted = { direction, codecs, maxBitrate, maxFrameRate, degradationPreference };
      for (const [name, value] of Object.entries(wanted))
        if (changed.has(name)) this.#want({ [name]: value });
      if (this.#sending !== before) this.call.room.setSending(this.#sending);
      // Who only receives captures nothing, and the light says so.
      const turns = (before.direction === 'recvonly') !== (this.#sending.direction === 'recvonly');
      if (this.hasUpdated && turns) this.call.recapture(this.joining);
      // It may join, and joins with this.
      super.willUpdate(changed);
    }

    /** One that makes no sense stays as it was, and keeps no other back. */
    #want(sending: SendingOptions): void {
      try {
        checkSending(sending);
        this.#sending = { ...this.#sending, ...sending };
      } catch (thrown) {
        this.reportError(thrown as MediaKitError);
      }
    }
  }
  return SendingClass as unknown as Constructor<SendingElement> & T;
}
