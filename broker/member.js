// @ts-check

/** How large the two kinds of messages may be, in bytes, with room for what seals them. */
const presenceLimit = 4 * 1024;
const messageLimit = 65 * 1024;

const id = '[\\w-]{1,64}';
const identifier = new RegExp(`^${id}$`);
const presenceTopic = new RegExp(`^pc/1/(${id})/p/(${id})$`);
const messageTopic = new RegExp(`^pc/1/(${id})/to/${id}/(${id})$`);
const presenceFilter = new RegExp(`^pc/1/(${id})/p/\\+$`);
const messageFilter = new RegExp(`^pc/1/(${id})/to/(${id})/\\+$`);

/**
 * Whether this may name a room or a peer.
 * @param {unknown} value
 * @returns {value is string}
 */
export const isIdentifier = (value) => typeof value === 'string' && identifier.test(value);

/** One connected peer, and what it may do: everything in its own name and nothing in another's, in one room. */
export class Member {
  /** Until when it may stay, in ms since 1970. */
  expires;
  peer;
  /** One connection has it at a time. A token's room is part of it: another room may have the same peer. */
  name;
  /** The room of its token; without a token the first that it names. */
  room;

  /** @param {{ peer: string, room?: string | undefined, expires?: number }} who */
  constructor({ peer, room, expires = Infinity }) {
    this.peer = peer;
    this.room = room;
    this.name = `${room ?? ''}/${peer}`;
    this.expires = expires;
  }

  /**
   * Why it may not publish this; undefined where it may: its own presence, and messages in its own name.
   * @param {Pick<import('aedes').PublishPacket, 'topic' | 'payload' | 'retain' | 'qos'>} packet
   * @returns {'topic' | 'size' | undefined}
   */
  objection({ topic, payload, retain, qos }) {
    const [, room, author] = (retain ? presenceTopic : messageTopic).exec(topic) ?? [];
    if (qos > 1 || author !== this.peer || !this.#isIn(room)) return 'topic';
    return payload.length > (retain ? presenceLimit : messageLimit) ? 'size' : undefined;
  }

  /**
   * Whether it may hear this: the presences of the room, and what is addressed to itself.
   * @param {string} filter
   */
  mayHear(filter) {
    const [, everywhere] = presenceFilter.exec(filter) ?? [];
    if (everywhere) return this.#isIn(everywhere);
    const [, room, receiver] = messageFilter.exec(filter) ?? [];
    return receiver === this.peer && this.#isIn(room);
  }

  /** @param {string | undefined} room */
  #isIn(room) {
    this.room ??= room;
    return this.room === room;
  }
}
