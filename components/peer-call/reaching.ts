import { LABEL } from '../engine/call/identifiers.js';
import { MediaKitError } from '../engine/errors.js';
import type { Constructor } from '../internal/constructor.js';
import type { KitElement } from '../internal/kit-element.js';
import type { CallingElement } from './calling.js';

/** A channel's own settings, and to whom; needless where there is only one other. */
export interface DataChannelOptions extends RTCDataChannelInit {
  readonly to?: string;
}

/** What an element offers that gives the platform's own objects, and calls without a server. */
export declare class ReachingElement {
  restartIce(peerId?: string): void;
  getPeerConnection(peerId: string): RTCPeerConnection | null;
  getStats(): Promise<ReadonlyMap<string, RTCStatsReport>>;
  getStats(peerId: string): Promise<RTCStatsReport>;
  createDataChannel(label: string, options?: DataChannelOptions): RTCDataChannel;
  createInvite(): Promise<string>;
  acceptInvite(text: string): Promise<string>;
  acceptReply(text: string): Promise<void>;
}

/** Adds what lies below a call, and calls without any server, to an element that calls. */
export function Reaching<T extends Constructor<KitElement & CallingElement>>(Superclass: T) {
  abstract class ReachingClass extends Superclass {
    /**
     * Restarts ICE with one member or with all; where a connection was given up it is tried again. Firefox does not stand a
     * restart by another browser: a new connection takes the place of the one that there is.
     */
    restartIce(peerId?: string): void {
      this.call.room.restartIce(peerId);
    }

    /** The connection to one member, or null. It is another one after a connection had to be built anew. */
    getPeerConnection(peerId: string): RTCPeerConnection | null {
      return this.call.room.getPeerConnection(peerId);
    }

    /** The browser's own report on the connection to one member, or a map of all of them by id. Rejects with `bad-input` for a stranger. */
    getStats(peerId?: string): Promise<RTCStatsReport | ReadonlyMap<string, RTCStatsReport>> {
      return this.try<RTCStatsReport | ReadonlyMap<string, RTCStatsReport>>(async () => {
        if (peerId !== undefined) return this.#connection(peerId).getStats();
        const ids = this.peers.map(({ id }) => id);
        const reports = ids.map(async (id) => [id, await this.#connection(id).getStats()] as const);
        return new Map(await Promise.all(reports));
      });
    }

    /**
     * Opens a raw data channel to one member, who gets the native `datachannel`. It ends with its connection. Throws
     * `bad-input` where it is not clear to whom, and for the kit's own label, `rtc-elements`.
     */
    createDataChannel(label: string, options: DataChannelOptions = {}): RTCDataChannel {
      const [one, another] = this.peers;
      const { to = another ? '' : (one?.id ?? ''), ...settings } = options;
      if (label === LABEL) throw new MediaKitError('bad-input', `The label ${LABEL} is taken: use another.`);
      return this.#connection(to).createDataChannel(label, settings);
    }

    /** Begins a call without any server: resolves with a text for one other person, who gives it to `acceptInvite()`. Rejects with a `MediaKitError`. */
    createInvite(): Promise<string> {
      return this.call.invite(this.joining, (invites) => invites.createInvite());
    }

    /** Takes what `createInvite()` of the other made; resolves with the reply to give back. Rejects with a `MediaKitError`. */
    acceptInvite(text: string): Promise<string> {
      return this.call.invite(this.joining, (invites) => invites.acceptInvite(text));
    }

    /** Takes the reply to our invite: the call connects. Rejects with a `MediaKitError`. */
    acceptReply(text: string): Promise<void> {
      return this.call.invite(this.joining, (invites) => invites.acceptReply(text));
    }

    #connection(peerId: string): RTCPeerConnection {
      const connection = this.getPeerConnection(peerId);
      if (connection) return connection;
      const words = peerId ? `No member "${peerId}" is connected:` : 'It is not clear "to" whom:';
      throw new MediaKitError('bad-input', `${words} name one of the ids in "peers".`);
    }
  }
  return ReachingClass as unknown as Constructor<ReachingElement> & T;
}
