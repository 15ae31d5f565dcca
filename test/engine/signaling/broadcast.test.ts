import { expect } from '@open-wc/testing';
import { BroadcastSignaling } from '../../../components/engine/signaling/broadcast.js';
import { bytes, Ear, freshRoom, rejection, signalingContract } from '../../support/signaling-contract.js';
import { until } from '../../support/wait.js';

/** Another document of this origin with the class in it. */
async function otherPage(): Promise<HTMLIFrameElement> {
  const frame = document.createElement('iframe');
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  frame.srcdoc = `<script type="module">
    const url = ${JSON.stringify(new URL('../../../components/engine/signaling/broadcast.ts', import.meta.url).href)};
    window.Signaling = (await import(url)).BroadcastSignaling;
  </script>`;
  document.body.append(frame);
  await loaded;
  await until(() => 'Signaling' in frame.contentWindow!, 'the class in the frame');
  return frame;
}

describe('BroadcastSignaling', () => {
  signalingContract(() => new BroadcastSignaling());

  it('keeps names apart', async () => {
    const room = freshRoom();
    const [one, other, same] = [new Ear(), new Ear(), new Ear()];
    const channels = await Promise.all([
      new BroadcastSignaling('one').open({ room, peer: 'ann' }, one),
      new BroadcastSignaling('other').open({ room, peer: 'bob' }, other),
      new BroadcastSignaling('one').open({ room, peer: 'cid' }, same),
    ]);
    channels[0].announce(bytes('Ann'));
    await until(() => same.present.has('ann'), 'the same name');
    expect(other.calls).to.equal(0);
    for (const channel of channels) channel.close();
  });

  it('notices that another page is gone without a goodbye', async () => {
    const room = freshRoom();
    const ear = new Ear();
    const channel = await new BroadcastSignaling().open({ room, peer: 'ann' }, ear);
    const frame = await otherPage();
    const { Signaling } = frame.contentWindow as unknown as { Signaling: typeof BroadcastSignaling };
    const other = await new Signaling().open({ room, peer: 'bob' }, new Ear());
    other.announce(bytes('Bob'));
    await until(() => ear.present.has('bob'), 'bob');
    frame.remove();
    await until(() => ear.gone.includes('bob'), 'gone', 2000);
    channel.close();
  });

  it('does without web locks', async () => {
    const real = Object.getOwnPropertyDescriptor(Navigator.prototype, 'locks')!;
    Object.defineProperty(Navigator.prototype, 'locks', { configurable: true, value: undefined });
    try {
      const room = freshRoom();
      const [one, other] = [new Ear(), new Ear()];
      const ann = await new BroadcastSignaling().open({ room, peer: 'ann' }, one);
      const bob = await new BroadcastSignaling().open({ room, peer: 'bob' }, other);
      ann.announce(bytes('Ann'));
      await until(() => other.present.has('ann'), 'ann');
      ann.close();
      await until(() => other.gone.includes('ann'), 'gone');
      bob.close();
    } finally {
      Object.defineProperty(Navigator.prototype, 'locks', real);
    }
  });

  it('says that a page without BroadcastChannel needs another way', async () => {
    const real = globalThis.BroadcastChannel;
    Object.assign(globalThis, { BroadcastChannel: undefined });
    try {
      await rejection(new BroadcastSignaling().open({ room: 'room', peer: 'ann' }, new Ear()), 'unsupported');
    } finally {
      Object.assign(globalThis, { BroadcastChannel: real });
    }
  });

  it('gives its locks back', async () => {
    const room = freshRoom();
    const [one, other] = [new Ear(), new Ear()];
    const ann = await new BroadcastSignaling().open({ room, peer: 'ann' }, one);
    const bob = await new BroadcastSignaling().open({ room, peer: 'bob' }, other);
    ann.announce(bytes('Ann'));
    bob.announce(bytes('Bob'));
    await until(() => one.present.size === 2 && other.present.size === 2, 'both');
    const ours = async (): Promise<number> => {
      const { held, pending } = await navigator.locks.query();
      return [...held!, ...pending!].filter(({ name }) => name!.includes(room)).length;
    };
    expect(await ours()).to.equal(4);
    ann.close();
    await until(async () => (await ours()) === 1, "nothing but Bob's own");
    bob.close();
    await until(async () => (await ours()) === 0, 'no lock left');
  });

  it('says itself again to a page that comes back from the back/forward cache', async () => {
    const room = freshRoom();
    const ear = new Ear();
    const channel = await new BroadcastSignaling().open({ room, peer: 'ann' }, ear);
    channel.announce(bytes('Ann'));
    const raw = new BroadcastChannel(`rtc-elements/1//${room}`);
    const heard: string[] = [];
    raw.onmessage = ({ data }: MessageEvent<{ type: string }>) => heard.push(data.type);
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    await until(() => heard.includes('ask') && heard.includes('presence'), 'a greeting');
    raw.close();
    channel.close();
  });

  it('ignores and counts whatever else is posted on its channel', async () => {
    const room = freshRoom();
    const ear = new Ear();
    const channel = await new BroadcastSignaling().open({ room, peer: 'ann' }, ear);
    const raw = new BroadcastChannel(`rtc-elements/1//${room}`);
    const payload = bytes('x');
    const strange: unknown[] = [
      null,
      undefined,
      7,
      'ask',
      [],
      new Map(),
      {},
      { type: 'ask' },
      { type: 'ask', from: 'a/b' },
      { type: 'ask', from: { toString: null } },
      { type: 'nothing', from: 'bob' },
      { type: 'presence', from: 'bob' },
      { type: 'presence', from: 'bob', payload: 'text' },
      { type: 'presence', from: 'bob', payload: new ArrayBuffer(2) },
      { type: 'presence', from: 'bob', payload: new Uint8Array(300 * 1024) },
      { type: 'presence', from: 'bob', payload, to: 7 },
      { type: 'presence', from: 'bob', payload, lock: {} },
      { type: 'message', from: 'bob', payload },
      { type: 'message', from: 'bob', to: 'ann', payload: null },
      { type: 'message', from: 'bob', to: 'ann', payload: new Uint8Array(300 * 1024) },
      // In our own name.
      { type: 'presence', from: 'ann', payload },
    ];
    for (const data of strange) raw.postMessage(data);
    raw.postMessage({ type: 'message', from: 'bob', to: 'ann', payload: bytes('good') });
    await until(() => ear.messages.length, 'the good one');
    expect(ear.messages).to.deep.equal(['bob: good']);
    expect(ear.calls).to.equal(1);
    expect(ear.ignoredCount).to.equal(strange.length);
    // A lock that nobody holds, or that may not be named: the presence is as good as withdrawn, or unwatched.
    raw.postMessage({ type: 'presence', from: 'cid', payload, lock: 'nobody' });
    raw.postMessage({ type: 'presence', from: 'dan', payload, lock: '-refused' });
    await until(() => ear.gone.includes('cid') && ear.present.has('dan'), 'cid gone');
    raw.close();
    channel.close();
  });
});
