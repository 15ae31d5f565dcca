import { expect } from '@open-wc/testing';
import '../../components/call-chat/define.js';
import type { CallChat } from '../../components/call-chat/call-chat.js';
import { nextEvent, until } from '../support/wait.js';
import { addChat, enter, madeTransfer, messages, query, type, type FakeCall } from './fake-call.js';

const log = (chat: CallChat): HTMLElement => query(chat, '.log')!;
const isAtEnd = (chat: CallChat): boolean => {
  const { scrollHeight, scrollTop, clientHeight } = log(chat);
  return scrollHeight - scrollTop - clientHeight < 2;
};

/** A chat with more messages than it has room for, of which the last is seen. */
async function full(): Promise<{ call: FakeCall; chat: CallChat }> {
  const { call, chat } = await addChat();
  for (let at = 0; at < 40; at++) call.hears(`message ${at}`);
  await until(() => messages(chat).length === 40 && isAtEnd(chat), 'full');
  await until(() => chat.unread === 0, 'seen');
  return { call, chat };
}

async function scrollUp(chat: CallChat): Promise<void> {
  const scrolled = nextEvent(log(chat), 'scroll');
  log(chat).scrollTop = 0;
  await scrolled;
  // The browser tells what is in sight after the frame.
  await until(() => inSight(query(chat, '.end')!).then((seen) => !seen), 'out of sight');
}

const inSight = (element: Element): Promise<boolean> =>
  new Promise((resolve) => {
    const observer = new IntersectionObserver(([entry]) => {
      observer.disconnect();
      // The chat's own observer may be told of the same frame after this one.
      setTimeout(() => resolve(entry!.isIntersecting));
    });
    observer.observe(element);
  });

describe('<call-chat> and who reads it', () => {
  afterEach(() => {
    document.body.replaceChildren();
    Reflect.deleteProperty(document, 'visibilityState');
  });

  function hidePage(hidden: boolean): void {
    Object.defineProperty(document, 'visibilityState', {
      configurable: true,
      get: () => (hidden ? 'hidden' : 'visible'),
    });
    document.dispatchEvent(new Event('visibilitychange'));
  }

  it('follows what comes as long as it is at its end', async () => {
    const { call, chat } = await full();
    const before = log(chat).scrollTop;
    call.hears('one more');
    await until(() => messages(chat).length === 41 && isAtEnd(chat), 'at the end');
    expect(log(chat).scrollTop).to.be.above(before);
    chat.style.blockSize = '12rem';
    await until(() => log(chat).clientHeight < 200 && isAtEnd(chat), 'also when it gets smaller');
  });

  it('stays where somebody reads, counts, and leads to what came', async () => {
    const { call, chat } = await full();
    await scrollUp(chat);
    const counted: number[] = [];
    chat.addEventListener('unread-change', ({ unread }) => counted.push(unread));
    call.hears('one more');
    const button = await until(() => query(chat, '[part="new-messages"]'), 'a button');
    expect([log(chat).scrollTop, button.textContent!.trim()]).to.deep.equal([0, '1 new message']);
    call.hears('another');
    call.offers(madeTransfer());
    await until(() => button.textContent!.trim() === '3 new messages');
    expect([chat.unread, chat.matches(':state(unread)')]).to.deep.equal([3, true]);
    button.focus();
    button.click();
    await until(() => chat.unread === 0 && !query(chat, '[part="new-messages"]'), 'seen');
    expect([isAtEnd(chat), counted, chat.shadowRoot!.activeElement === log(chat)]).to.deep.equal([
      true,
      [1, 2, 3, 0],
      true,
    ]);
    await until(() => !chat.matches(':state(unread)'));
  });

  it('stays where somebody reads who has scrolled there slowly', async () => {
    const { call, chat } = await full();
    for (let step = 0; step < 10; step++) {
      const scrolled = nextEvent(log(chat), 'scroll');
      log(chat).scrollTop -= 4;
      await scrolled;
    }
    const { scrollTop } = log(chat);
    call.hears('one more');
    await until(() => messages(chat).length === 41);
    expect(log(chat).scrollTop).to.be.closeTo(scrollTop, 1);
  });

  it('has nothing unread, and follows what comes, when all is forgotten', async () => {
    const { call, chat } = await full();
    await scrollUp(chat);
    call.hears('unseen');
    await until(() => chat.unread === 1, 'unread');
    chat.clear();
    expect(chat.unread).to.equal(0);
    for (let at = 0; at < 40; at++) call.hears(`message ${at}`);
    await until(() => messages(chat).length === 40 && isAtEnd(chat), 'at the end');
  });

  it('goes to its end with what we say', async () => {
    const { chat } = await full();
    await scrollUp(chat);
    await type(chat, 'mine');
    enter(chat);
    await until(() => messages(chat).at(-1) === 'mine' && isAtEnd(chat), 'at the end');
    expect(chat.unread).to.equal(0);
  });

  it('counts while it is hidden, and while the page is', async () => {
    const { call, chat } = await full();
    chat.hidden = true;
    // The browser tells it with one of the next frames.
    await until(() => {
      call.hears('one');
      return chat.unread === 1;
    });
    chat.hidden = false;
    await until(() => chat.unread === 0 && isAtEnd(chat), 'seen');
    hidePage(true);
    call.hears('two');
    call.hears('three');
    expect(chat.unread).to.equal(2);
    hidePage(false);
    expect(chat.unread).to.equal(0);
  });

  it('is seen in a window of its own, whatever becomes of the page', async () => {
    const frame = document.createElement('iframe');
    frame.style.cssText = 'inline-size: 30rem; block-size: 30rem';
    document.body.prepend(frame);
    const { call, chat } = await addChat();
    frame.contentDocument!.body.append(call, chat);
    call.hears('one');
    await until(() => messages(chat).length === 1 && chat.unread === 0, 'seen');
    hidePage(true);
    call.hears('two');
    expect(chat.unread).to.equal(0);
  });

  it('counts nothing of our own, and nothing that was seen', async () => {
    const { call, chat } = await full();
    let changes = 0;
    chat.addEventListener('unread-change', () => changes++);
    await type(chat, 'mine');
    enter(chat);
    call.hears('theirs');
    call.tells(madeTransfer({ direction: 'out' }));
    await until(() => messages(chat).at(-1) === 'theirs');
    expect([chat.unread, changes]).to.deep.equal([0, 0]);
  });

  it('follows what comes while several lines stand in the field, also where a browser does not size it', async () => {
    const { supports } = CSS;
    CSS.supports = () => false;
    const style = document.createElement('style');
    style.textContent = '::part(field) { field-sizing: fixed }';
    document.body.append(style);
    try {
      const { call, chat } = await full();
      await type(chat, 'one\ntwo\nthree\nfour\nfive');
      await until(() => isAtEnd(chat), 'at the end');
      let scrolls = 0;
      log(chat).addEventListener('scroll', () => scrolls++);
      call.hears('one more');
      await until(() => messages(chat).length === 41 && scrolls > 0, 'followed');
      call.hears('another');
      await until(() => messages(chat).length === 42);
      expect([isAtEnd(chat), query(chat, '[part="new-messages"]')]).to.deep.equal([true, null]);
    } finally {
      CSS.supports = supports;
    }
  });

  it('counts on after a move in the document', async () => {
    const { call, chat } = await full();
    const other = document.createElement('div');
    document.body.append(other);
    other.append(chat);
    chat.hidden = true;
    await chat.updateComplete;
    call.hears('one');
    expect([chat.unread, messages(chat).length]).to.deep.equal([1, 40]);
    await until(() => messages(chat).length === 41);
    chat.hidden = false;
    await until(() => chat.unread === 0 && isAtEnd(chat), 'seen');
  });
});
