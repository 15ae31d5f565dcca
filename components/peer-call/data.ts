import type { PeerMessageEvent } from '../engine/call/data/events.js';
import type { SendFileOptions, SendOptions } from '../engine/call/data/exchange.js';
import type { Constructor } from '../internal/constructor.js';
import type { KitElement } from '../internal/kit-element.js';
import type { CallingElement } from './calling.js';

/** What an element offers that carries messages and files. */
export declare class DataElement {
  send(data: unknown, options?: SendOptions): Promise<void>;
  sendFile(file: Blob, options?: SendFileOptions): Promise<void>;
  // The platform's `message` of a window is another event: no map of events may name both.
  addEventListener(
    type: 'message',
    listener: (event: PeerMessageEvent) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** Adds messages and files to an element that calls. */
export function Data<T extends Constructor<KitElement & CallingElement>>(Superclass: T) {
  abstract class DataClass extends Superclass {
    /** Sends text, a JSON value, an `ArrayBuffer` or a view of one to `to`, or to all; resolves when they have got it. At most 16 MiB. Rejects with a `MediaKitError`. */
    send(data: unknown, options?: SendOptions): Promise<void> {
      return this.call.send(data, options);
    }

    /** Sends a file of any size to `to`, or to all; resolves when they have stored it whole: with the same hash. `signal` gives it up. Rejects with a `MediaKitError`. */
    sendFile(file: Blob, options?: SendFileOptions): Promise<void> {
      return this.call.sendFile(file, options);
    }
  }
  return DataClass as unknown as Constructor<DataElement> & T;
}
