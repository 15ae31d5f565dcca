import { expect } from '@open-wc/testing';
import { MediaKitError, type MediaKitErrorCode } from '../../components/engine/errors.js';
import type {
  Signaling,
  SignalingChannel,
  SignalingHandlers,
} from '../../components/engine/signaling/signaling.js';
import { until } from './wait.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const bytes = (text: string): Uint8Array => encoder.encode(text);

/** Everything a channel told its room, as text that is easy to compare. */
export class Ear implements SignalingHandlers {
  /** What each peer's presence is now. */
  readonly present = new Map<string, string>();
  readonly messages: string[] = [];
  readonly payloads: Uint8Array[] = [];
  readonly reach: boolean[] = [];
  readonly errors: MediaKitError[] = [];
  calls = 0;
  ignoredCount = 0;
  /** Presences withdrawn. */
  readonly gone: string[] = [];

  presence(peer: string, payload: Uint8Array | null): void {
    this.calls++;
    if (payload) this.present.set(peer, decoder.decode(payload));
    else {
      this.present.delete(peer);
      this.gone.push(peer);
    }
  }

  message(from: string, payload: Uint8Array): void {
    this.calls++;
    this.payloads.push(payload);
    this.messages.push(`${from}: ${payload.length > 100 ? payload.length : decoder.decode(payload)}`);
  }

  reachable(yes: boolean): void {
    this.calls++;
    this.reach.push(yes);
  }

  ignored(): void {
    this.ignoredCount++;
  }

  failed(error: MediaKitError): void {
    this.errors.push(error);
  }
}

/** Asserts that a promise rejects with the kit's error of this code, and returns it. */
export async function rejection(promise: Promise<unknown>, code: MediaKitErrorCode): Promise<MediaKitError> {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown instanceof MediaKitError, String(thrown)).to.equal(true);
  expect((thrown as MediaKitError).code).to.equal(code);
  return thrown as MediaKitError;
}

/** A room that no other test uses. */
export const freshRoom = (): string => `room-${Math.random().toString(36).slice(2)}`;

/** What a contract's tests work with. */
interface Scene {
  /** A room of each test's own. */
  readonly room: string;
  readonly enter: (peer: string, ear?: Ear, into?: string) => Promise<[SignalingChannel, Ear]>;
}

/** Opens channels for the tests of the present `describe` and closes them after each. */
function stage(create: () => Signaling): Scene {
  let room: string;
  let channels: SignalingChannel[];

  beforeEach(() => {
    room = freshRoom();
    channels = [];
  });

  afterEach(() => {
    for (const channel of channels) channel.close();
  });

  return {
    get room() {
      return room;
    },
    async enter(peer, ear = new Ear(), into = room) {
      const channel = await create().open({ room: into, peer }, ear);
      channels.push(channel);
      return [channel, ear];
    },
  };
}

/**
 * What every transport must do. `create` makes one end; all ends reach each other. Call inside a `describe`.
 */
export function signalingContract(create: () => Signaling): void {
  pairContract(create);
  roomContract(create);
}

/** The part of it that two peers need who meet once: `create` makes the one and the other in turn. */
export function pairContract(create: () => Signaling): void {
  describe('the contract of all transports', () => {
    const scene = stage(create);
    const { enter } = scene;

    it('refuses names that are no identifiers', async () => {
      for (const name of ['', 'a/b', '#', '+', 'ä', 'a b', 'x'.repeat(65)]) {
        await rejection(create().open({ room: name, peer: 'ann' }, new Ear()), 'bad-input');
        await rejection(create().open({ room: scene.room, peer: name }, new Ear()), 'bad-input');
      }
    });

    it('can be aborted before and while it opens', async () => {
      const aborted = AbortSignal.abort();
      await rejection(create().open({ room: scene.room, peer: 'ann' }, new Ear(), aborted), 'aborted');
      const controller = new AbortController();
      const opening = create().open({ room: scene.room, peer: 'ann' }, new Ear(), controller.signal);
      controller.abort();
      await rejection(opening, 'aborted');
      // The name is free again, and a signal that aborts later does not matter.
      const later = new AbortController();
      const ear = new Ear();
      const channel = await create().open({ room: scene.room, peer: 'ann' }, ear, later.signal);
      later.abort();
      channel.announce(bytes('Ann'));
      await until(() => ear.present.has('ann'), 'own presence');
      channel.close();
    });

    it('tells us our own presence', async () => {
      const [ann, ear] = await enter('ann');
      ann.announce(bytes('Ann'));
      expect(ear.present.size, 'not before announce has returned').to.equal(0);
      await until(() => ear.present.get('ann') === 'Ann', 'own presence');
    });

    it('tells presences to those who are there and to those who come later', async () => {
      const [ann, annHears] = await enter('ann');
      ann.announce(bytes('Ann'));
      await until(() => annHears.present.has('ann'), 'own presence');
      const [bob, bobHears] = await enter('bob');
      await until(() => bobHears.present.get('ann') === 'Ann', 'kept');
      bob.announce(bytes('Bob'));
      await until(() => annHears.present.get('bob') === 'Bob', 'at once');
    });

    it('replaces a presence', async () => {
      const [ann] = await enter('ann');
      const [, bobHears] = await enter('bob');
      ann.announce(bytes('one'));
      ann.announce(bytes('two'));
      await until(() => bobHears.present.get('ann') === 'two', 'the second');
      expect(bobHears.gone).to.deep.equal([]);
    });

    it('withdraws the presence when a channel closes', async () => {
      const [ann, annHears] = await enter('ann');
      const [bob, bobHears] = await enter('bob');
      ann.announce(bytes('Ann'));
      bob.announce(bytes('Bob'));
      await until(() => bobHears.present.has('ann') && annHears.present.has('bob'), 'both');
      ann.close();
      await until(() => bobHears.gone.includes('ann'), 'gone');
      expect([...bobHears.present.keys()]).to.deep.equal(['bob']);
    });

    it('delivers messages whole and in order, also what is sent right before closing', async () => {
      const [ann, annHears] = await enter('ann');
      const [bob, bobHears] = await enter('bob');
      const every = Uint8Array.from({ length: 256 }, (_, at) => at);
      bob.send('ann', every);
      bob.send('ann', new Uint8Array(64 * 1024).fill(7));
      bob.send('ann', bytes('three'));
      ann.send('bob', bytes('back'));
      await until(() => annHears.messages.length === 3 && bobHears.messages.length === 1, 'all messages');
      expect(annHears.messages).to.deep.equal(['bob: 256', 'bob: 65536', 'bob: three']);
      expect(annHears.payloads[0]!.every((byte, at) => byte === at)).to.equal(true);
      expect(annHears.payloads[1]!.every((byte) => byte === 7)).to.equal(true);
      expect(bobHears.messages).to.deep.equal(['ann: back']);
      for (let times = 0; times < 8; times++) bob.send('ann', new Uint8Array(64 * 1024));
      bob.send('ann', bytes('bye'));
      bob.close();
      await until(() => annHears.messages.at(-1) === 'bob: bye', 'the last word');
    });

    it('delivers to the one addressed alone', async () => {
      const [ann] = await enter('ann');
      const [, bobHears] = await enter('bob');
      ann.send('cid', bytes('not for bob'));
      ann.send('bob', bytes('for bob'));
      await until(() => bobHears.messages.length, 'the message');
      expect(bobHears.messages).to.deep.equal(['ann: for bob']);
    });

    it('sends what stood in the array at the time', async () => {
      const [ann, annHears] = await enter('ann');
      const [bob, bobHears] = await enter('bob');
      const buffer = bytes('before');
      bob.send('ann', buffer);
      ann.announce(buffer);
      buffer.fill(33);
      await until(() => annHears.messages.length && annHears.present.has('ann'), 'both');
      expect(annHears.messages).to.deep.equal(['bob: before']);
      expect(annHears.present.get('ann')).to.equal('before');
      await until(() => bobHears.present.get('ann') === 'before', 'at the other');
    });

    it('is as it was when it is checked, however often', async () => {
      const [ann, annHears] = await enter('ann');
      const [bob, bobHears] = await enter('bob');
      ann.announce(bytes('Ann'));
      for (const channel of [ann, ann, bob, ann]) channel.check?.();
      bob.send('ann', bytes('still here'));
      await until(() => annHears.messages.length && bobHears.present.has('ann'), 'both');
      expect(annHears.reach).to.deep.equal([]);
      expect(bobHears.gone).to.deep.equal([]);
    });

    it('is still after it was closed, however often', async () => {
      const [ann, annHears] = await enter('ann');
      const [bob, bobHears] = await enter('bob');
      bob.announce(bytes('Bob'));
      await until(() => annHears.present.has('bob'), 'bob');
      ann.close();
      const { calls } = annHears;
      ann.close();
      ann.announce(bytes('too late'));
      ann.send('bob', bytes('too late'));
      ann.check?.();
      bob.send('ann', bytes('nobody there'));
      bob.announce(bytes('Bob again'));
      await until(() => bobHears.present.get('bob') === 'Bob again', 'bob goes on');
      expect(annHears.calls).to.equal(calls);
      expect(bobHears.messages).to.deep.equal([]);
      expect(bobHears.present.has('ann')).to.equal(false);
    });
  });
}

function roomContract(create: () => Signaling): void {
  describe('the contract of transports for more than two', () => {
    const { enter } = stage(create);

    it('tells presences to everybody, also to those who come later', async () => {
      const [ann, annHears] = await enter('ann');
      const [, bobHears] = await enter('bob');
      ann.announce(bytes('one'));
      ann.announce(bytes('Ann'));
      await until(() => bobHears.present.get('ann') === 'Ann', 'at once');
      const [cid, cidHears] = await enter('cid');
      await until(() => cidHears.present.get('ann') === 'Ann', 'kept');
      cid.announce(bytes('Cid'));
      await until(
        () => annHears.present.get('cid') === 'Cid' && bobHears.present.has('cid'),
        'the later one',
      );
    });

    it('keeps what stood in the array at the time', async () => {
      const [ann, annHears] = await enter('ann');
      const buffer = bytes('before');
      ann.announce(buffer);
      buffer.fill(33);
      await until(() => annHears.present.has('ann'), 'own presence');
      const [, bobHears] = await enter('bob');
      await until(() => bobHears.present.get('ann') === 'before', 'the kept one');
    });

    it('keeps no presence of one who has left', async () => {
      const [ann] = await enter('ann');
      const [bob, bobHears] = await enter('bob');
      ann.announce(bytes('Ann'));
      bob.announce(bytes('Bob'));
      await until(() => bobHears.present.size === 2, 'both');
      ann.close();
      await until(() => bobHears.gone.includes('ann'), 'gone');
      const [, cidHears] = await enter('cid');
      await until(() => cidHears.present.has('bob'), 'the one who stayed');
      expect([...cidHears.present.keys()]).to.deep.equal(['bob']);
    });

    it('lets the same peer come back', async () => {
      const [ann] = await enter('ann');
      const [, bobHears] = await enter('bob');
      ann.announce(bytes('first'));
      await until(() => bobHears.present.get('ann') === 'first', 'first life');
      ann.close();
      const [again] = await enter('ann');
      again.announce(bytes('second'));
      await until(() => bobHears.present.get('ann') === 'second', 'second life');
    });

    it('delivers messages to the one addressed', async () => {
      const [ann] = await enter('ann');
      const [, bobHears] = await enter('bob');
      const [, cidHears] = await enter('cid');
      ann.send('bob', bytes('for bob'));
      ann.send('cid', bytes('for cid'));
      await until(() => bobHears.messages.length && cidHears.messages.length, 'both');
      expect(bobHears.messages).to.deep.equal(['ann: for bob']);
      expect(cidHears.messages).to.deep.equal(['ann: for cid']);
    });

    it('keeps rooms apart', async () => {
      const [ann] = await enter('ann');
      const [, elsewhere] = await enter('bert', new Ear(), freshRoom());
      const [, bobHears] = await enter('bob');
      ann.announce(bytes('Ann'));
      ann.send('bert', bytes('not there'));
      ann.send('bob', bytes('here'));
      await until(() => bobHears.messages.length && bobHears.present.size, 'the one in the room');
      expect(elsewhere.calls).to.equal(0);
    });

    it('brings eight together at once', async () => {
      const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
      const ends = await Promise.all(names.map((name) => enter(name)));
      ends.forEach(([channel], at) => channel.announce(bytes(names[at]!)));
      await until(() => ends.every(([, ear]) => ear.present.size === 8), 'everybody sees everybody');
      for (const [channel] of ends) for (const name of names) channel.send(name, bytes('hi'));
      await until(
        () => ends.every(([, ear]) => new Set(ear.messages).size >= 7),
        'everybody hears everybody',
      );
    });
  });
}
