// @ts-check

/** Whose presence the broker keeps, in which room. */
export class Presences {
  /** @type {Map<string, Map<string, string>>} The topics, by room and peer. */
  #rooms = new Map();
  #members;

  /** @param {number} members How many a room takes. */
  constructor(members) {
    this.#members = members;
  }

  /** @returns {{ rooms: number, presences: number }} */
  get size() {
    const rooms = [...this.#rooms.values()];
    return { rooms: rooms.length, presences: rooms.reduce((sum, { size }) => sum + size, 0) };
  }

  /**
   * Why a permitted packet cannot be kept; undefined where it is, or need not be.
   * @param {import('./member.js').Member} member
   * @param {Pick<import('aedes').PublishPacket, 'topic' | 'payload' | 'retain'>} packet
   * @returns {'members' | undefined}
   */
  objection(member, { topic, payload, retain }) {
    if (!retain) return undefined;
    const { peer, room = '' } = member;
    if (!payload.length) {
      this.forget(member);
      return undefined;
    }
    const here = this.#rooms.get(room) ?? new Map();
    if (!here.has(peer) && here.size >= this.#members) return 'members';
    this.#rooms.set(room, here.set(peer, topic));
    return undefined;
  }

  /**
   * Whether this is the presence of one that was forgotten.
   * @param {string} topic
   * @param {string | Uint8Array} payload
   */
  isPast(topic, payload) {
    // Asked of every message to everybody, of which few are presences.
    if (!payload.length || !topic.includes('/p/')) return false;
    const [, , room = '', kind, peer = ''] = topic.split('/');
    return kind === 'p' && this.#rooms.get(room)?.get(peer) !== topic;
  }

  /**
   * Answers the topic where it was kept until now.
   * @param {import('./member.js').Member} member
   */
  forget({ peer, room = '' }) {
    const here = this.#rooms.get(room);
    const topic = here?.get(peer);
    here?.delete(peer);
    if (!here?.size) this.#rooms.delete(room);
    return topic;
  }
}
