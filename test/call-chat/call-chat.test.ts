import { expect } from '@open-wc/testing';
import type { CallChat } from '../../components/call-chat/call-chat.js';
import '../../components/peer-call/define.js';
import { MemorySignaling } from '../../components/engine/signaling/memory.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import { addCall, newRoom } from '../peer-call/calls.js';
import { standingTests } from '../support/standing.js';
import { afterGrace, nextEvent, until } from '../support/wait.js';
import {
  addChat,
  ann,
  button,
  enter,
  field,
  madeTransfer,
  messages,
  query,
  queryAll,
  type,
} from './fake-call.js';

const png = (): Promise<Blob> =>
  new Promise((resolve) => {
    const canvas = document.createElement('canvas');
    canvas.getContext('2d')!.fillRect(0, 0, 9, 9);
    canvas.toBlob((blob) => resolve(blob!));
  });

/** Two calls without media in one room. */
async function addCalls(): Promise<[PeerCall, PeerCall]> {
  const room = newRoom();
  const signaling = new MemorySignaling();
  const [one, two] = [
    await addCall({ room, signaling, name: 'Ann', id: 'ann', hidden: true }),
    await addCall({ room, signaling, name: 'Ben', id: 'ben', hidden: true }),
  ];
  await Promise.all([one.join(), two.join()]);
  await until(() => one.state.status === 'connected' && two.state.status === 'connected', 'connected');
  return [one, two];
}

/** The addresses of blobs that were made and not given back. */
const live = new Set<string>();
const standing: { calls?: [PeerCall, PeerCall] } = {};

describe('<call-chat>', () => {
  const { createObjectURL, revokeObjectURL } = URL;
  before(() => {
    URL.createObjectURL = (blob: Blob) => {
      const url = createObjectURL.call(URL, blob);
      live.add(url);
      return url;
    };
    URL.revokeObjectURL = (url: string) => {
      live.delete(url);
      revokeObjectURL.call(URL, url);
    };
  });
  after(() => Object.assign(URL, { createObjectURL, revokeObjectURL }));

  // What it owns are the addresses of files: a picture that came stands for a stream.
  standingTests<CallChat>({
    tag: 'call-chat',
    define: () => import('../../components/call-chat/define.js'),
    early: ['label', 'early'],
    surroundings: async () => {
      for (const call of document.querySelectorAll('peer-call')) call.remove();
      standing.calls = await addCalls();
    },
    start: async (chat) => {
      const [one, two] = standing.calls!;
      chat.htmlFor = two.id;
      chat.hidden = true;
      await chat.updateComplete;
      // One that is there for the second time shows what came before.
      if (!query(chat, 'img')) {
        const sent = one.sendFile(new File([await png()], 'a.png', { type: 'image/png' }));
        (await until(() => button(chat, 'Accept'), 'an offer')).click();
        await sent;
      }
      chat.hidden = false;
      chat.scrollIntoView();
      const picture = (): boolean => live.has(query<HTMLImageElement>(chat, 'img')?.src ?? '');
      await until(() => picture() && chat.unread === 0, 'shown and seen');
      await type(chat, 'hello');
      enter(chat);
      const input = query<HTMLInputElement>(chat, 'input[type="file"]')!;
      const given = new DataTransfer();
      given.items.add(new File([], 'empty.txt'));
      input.files = given.files;
      chat.addEventListener('file-request', (event) => event.preventDefault(), { once: true });
      input.dispatchEvent(new Event('change'));
    },
    stream: (chat) => query(chat, 'img') as unknown as MediaStream | null,
    released: (_chat, picture) => !live.has((picture as unknown as HTMLImageElement).src),
    facts: ['unread-change'],
    requests: ['send-request', 'file-request'],
  });

  afterEach(async () => {
    document.body.replaceChildren();
    await afterGrace();
  });

  describe('defaults', () => {
    it('has nothing, and says so', async () => {
      const { chat } = await addChat({ status: 'waiting' });
      expect([chat.label, chat.unread, chat.value]).to.deep.equal([null, 0, '']);
      expect(query(chat, '.empty')!.textContent!.trim()).to.equal('No messages yet');
      await until(() => query(chat, '[role="status"]')!.textContent === 'Nobody else is here yet');
      const { width, height } = chat.getBoundingClientRect();
      expect([width > 300, height > 300]).to.deep.equal([true, true]);
    });

    it('is in order where there is no call at all', async () => {
      const chat = document.createElement('call-chat');
      document.body.append(chat);
      await chat.updateComplete;
      expect([chat.htmlFor, query(chat, '[role="status"]')!.textContent]).to.deep.equal([
        null,
        'There is no call to write to',
      ]);
      expect(chat.matches(':state(quiet)')).to.equal(true);
    });
  });

  describe('a call', () => {
    it('carries what is written from one to the other', async () => {
      const [one, two] = await addCalls();
      const chats = [one, two].map(({ id }) =>
        Object.assign(document.createElement('call-chat'), { htmlFor: id }),
      );
      document.body.append(...chats);
      const [from, to] = chats as [CallChat, CallChat];
      await until(() => field(from) && !from.matches(':state(quiet)'), 'ready');
      await type(from, '<b>hello</b>');
      enter(from);
      await until(() => messages(to).join() === '<b>hello</b>', 'it came');
      await until(() => messages(from).length === 1 && !query(from, '.late'), 'it is known');
      await one.send('from the page');
      await until(() => messages(to).length === 2);
    });

    it('is found around the chat, also when it is defined later', async () => {
      const tag = `late-call-${crypto.randomUUID().slice(0, 8)}`;
      const chat = document.createElement('call-chat');
      const late = document.createElement(tag);
      late.id = tag;
      chat.htmlFor = tag;
      document.body.append(late, chat);
      await chat.updateComplete;
      expect(query(chat, '[role="status"]')!.textContent).to.equal('There is no call to write to');
      const { PeerCall } = await import('../../components/peer-call/peer-call.js');
      customElements.define(tag, class extends PeerCall {});
      await until(() => query(chat, '[role="status"]')!.textContent === 'You are not in the call');
      const around = await addCall({});
      around.append(chat);
      chat.htmlFor = null;
      await until(() => !query(chat, '[role="status"]')!.textContent!.includes('no call'), 'found');
    });
  });

  describe('properties and attributes', () => {
    it('takes its call, its name and its text', async () => {
      const { call, chat } = await addChat({ peers: [ann] }, { label: 'Words', value: 'draft' });
      expect(field(chat).value).to.equal('draft');
      expect(query(chat, '[role="log"]')!.ariaLabel).to.equal('Words');
      chat.setAttribute('for', 'nobody');
      await until(() => chat.matches(':state(quiet)'), 'without a call');
      call.id = 'nobody';
      await until(() => !chat.matches(':state(quiet)'), 'with one again');
      call.hears('hello');
      await until(() => messages(chat).length === 1);
      chat.focus();
      expect(chat.shadowRoot!.activeElement === field(chat)).to.equal(true);
    });

    it('takes no text, as frameworks give it, for an empty one', async () => {
      for (const nothing of [null, undefined]) {
        const { chat } = await addChat({ peers: [ann] }, { value: 'draft' });
        Object.assign(chat, { value: nothing });
        await chat.updateComplete;
        expect(field(chat).value).to.equal('');
        enter(chat);
        expect(messages(chat)).to.deep.equal([]);
      }
    });

    it('says everything in words of the page', async () => {
      const { chat } = await addChat(
        { status: 'waiting' },
        { strings: { alone: 'Niemand da', send: 'Senden' } },
      );
      expect(query(chat, '[role="status"]')!.textContent).to.equal('Niemand da');
      expect(query(chat, '.send')!.ariaLabel).to.equal('Senden');
    });

    it('writes times, sizes and lists in the language of the page', async () => {
      const { call, chat } = await addChat({ peers: [ann] });
      const part = document.createElement('div');
      part.lang = 'de';
      document.body.append(part);
      part.append(chat);
      await chat.updateComplete;
      call.offers(madeTransfer({ size: 1_234_000 }));
      await until(() => query(chat, '.file .detail')?.textContent?.includes('1,2'), '1,2 MB');
      part.lang = 'no language';
      chat.requestUpdate();
      await until(() => query(chat, '.file .detail')!.textContent!.includes('1.2'), 'that of the browser');
    });
  });

  describe('slots and parts', () => {
    it('offers the place of the empty chat, and its parts', async () => {
      const { call, chat } = await addChat();
      chat.innerHTML = '<p slot="empty">Say hello</p>';
      const slot = query<HTMLSlotElement>(chat, 'slot[name="empty"]')!;
      expect(slot.assignedElements()[0]!.textContent).to.equal('Say hello');
      call.hears('hello');
      await until(() => !query(chat, 'slot'), 'gone');
      for (const part of ['log', 'message', 'status', 'composer', 'field', 'file-button', 'send-button'])
        expect(query(chat, `[part~="${part}"]`) !== null, part).to.equal(true);
    });
  });

  describe('states', () => {
    it('follows the direction of the page', async () => {
      const { call, chat } = await addChat({ peers: [ann] }, { dir: 'rtl' });
      call.hears('hello');
      await type(chat, 'mine');
      enter(chat);
      await until(() => messages(chat).length === 2);
      const [theirs, mine] = queryAll(chat, '.bubble').map((one) => one.getBoundingClientRect());
      expect(theirs!.right).to.be.above(mine!.right);
    });

    it('needs no more than 200 pixels', async () => {
      const { call, chat } = await addChat();
      chat.style.inlineSize = '200px';
      call.hears('x'.repeat(300));
      const coming = madeTransfer({ name: `${'y'.repeat(200)}.txt` });
      call.offers(coming);
      await until(() => query(chat, '.file'), 'a file');
      await new Promise(requestAnimationFrame);
      const { right, left } = chat.getBoundingClientRect();
      const outside = queryAll(chat, '*:not(.visually-hidden, input)').filter((one) => {
        const box = one.getBoundingClientRect();
        return box.width > 0 && (box.right > right + 0.5 || box.left < left - 0.5);
      });
      expect(outside.map(({ className }) => String(className))).to.deep.equal([]);
      expect(query(chat, '.log')!.scrollWidth <= query(chat, '.log')!.clientWidth).to.equal(true);
    });
  });

  describe('accessibility', () => {
    for (const scheme of ['light', 'dark']) {
      it(`is clean by the rules of axe: ${scheme}`, async () => {
        document.documentElement.style.colorScheme = scheme;
        const { call, chat } = await addChat({ peers: [ann] });
        await expect(chat).to.be.accessible();
        call.hears('hello');
        await type(chat, 'mine');
        enter(chat);
        call.sent[0]!.reject(new Error('lost'));
        call.offers(madeTransfer());
        call.tells(madeTransfer({ status: 'moving', transferred: 7 }));
        call.tells(madeTransfer({ status: 'failed', direction: 'out' }));
        call.stores(madeTransfer({ type: 'image/png' }), new File([await png()], 'a.png'));
        await until(() => query(chat, 'img') && query(chat, '.failed'), 'all of it');
        for (const animation of document.getAnimations()) animation.finish();
        for (const animation of chat.shadowRoot!.getAnimations()) animation.finish();
        await expect(chat).to.be.accessible();
        call.become({ status: 'left' });
        await until(() => chat.matches(':state(quiet)'));
        await expect(chat).to.be.accessible();
        document.documentElement.style.colorScheme = '';
      });
    }

    it('announces what comes, and not each step of a file', async () => {
      const { call, chat } = await addChat();
      const log = query(chat, '[role="log"]')!;
      expect([log.ariaLive, log.ariaLabel, log.tabIndex]).to.deep.equal(['polite', 'Chat', 0]);
      call.tells(madeTransfer({ status: 'moving', transferred: 7 }));
      await until(() => query(chat, 'progress'), 'a bar');
      const figure = [...query(chat, '.file .detail')!.children].at(-1)!;
      expect([figure.textContent, figure.getAttribute('aria-live')]).to.deep.equal([
        '7 bytes of 1 kB',
        'off',
      ]);
    });
  });

  describe('lifecycle', () => {
    it('hears each thing once after a move, and nothing when it is gone', async () => {
      const { call, chat } = await addChat();
      for (let times = 0; times < 3; times++) document.body.append(chat);
      await chat.updateComplete;
      call.hears('hello');
      await until(() => messages(chat).length === 1);
      chat.remove();
      await afterGrace();
      call.hears('unheard');
      document.body.append(chat);
      await chat.updateComplete;
      expect(messages(chat)).to.deep.equal(['hello']);
      const rendered = nextEvent(chat, 'send-request');
      await type(chat, 'again');
      enter(chat);
      await rendered;
      expect(call.sent.length).to.equal(1);
    });
  });
});
