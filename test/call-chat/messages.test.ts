import { expect } from '@open-wc/testing';
import '../../components/call-chat/define.js';
import { KEPT } from '../../components/call-chat/conversation.js';
import { MediaKitError } from '../../components/engine/errors.js';
import { LONGEST } from '../../components/call-chat/message-text.js';
import { nextEvent, until } from '../support/wait.js';
import { addChat, ann, ben, button, enter, field, messages, query, queryAll, type } from './fake-call.js';

/** Resolves in a task of its own. */
const task = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });

describe('<call-chat> and its messages', () => {
  afterEach(() => document.body.replaceChildren());

  it('shows text as text, with the name of who sent it', async () => {
    const { call, chat } = await addChat();
    const hostile = '<img src=x onerror="alert(1)"> https://example.org &amp;';
    call.hears(hostile);
    await until(() => messages(chat).length === 1);
    expect(messages(chat)).to.deep.equal([hostile]);
    expect(query(chat, '.bubble')!.childElementCount).to.equal(0);
    expect(query(chat, '.who bdi')!.textContent).to.equal('Ann');
    expect(query(chat, 'time')!.getAttribute('datetime')).to.match(/^\d{4}-/);
  });

  it('ignores what is no text, and nothing but space', async () => {
    const { call, chat } = await addChat();
    for (const other of [{ text: 'x' }, 7, null, ['x'], new ArrayBuffer(2), '', ' \n ']) call.hears(other);
    call.hears('a text');
    await until(() => messages(chat).length > 0);
    expect(messages(chat)).to.deep.equal(['a text']);
  });

  it('shows no more of a text than one can send', async () => {
    const { call, chat } = await addChat();
    call.hears('x'.repeat(1_000_000));
    await until(() => messages(chat).length > 0);
    expect(messages(chat)[0]!.length).to.equal(LONGEST + 1);
    expect(field(chat).maxLength).to.equal(LONGEST);
  });

  it('names somebody without a name, and once for what is said in a row', async () => {
    const { call, chat } = await addChat({ peers: [{ ...ann, name: '' }, ben] });
    call.hears('one', 'ann');
    call.hears('two', 'ann');
    call.hears('three', 'ben');
    await until(() => messages(chat).length === 3);
    const names = queryAll(chat, '.who').map((who) => [
      who.querySelector('bdi')!.textContent,
      who.classList.contains('visually-hidden'),
    ]);
    expect(names).to.deep.equal([
      ['Guest', false],
      ['Guest', true],
      ['Ben', false],
    ]);
  });

  it('keeps the last ones, and draws no more often than one sees', async () => {
    const { call, chat } = await addChat();
    let updates = 0;
    const observer = new MutationObserver(() => updates++);
    observer.observe(chat.shadowRoot!, { subtree: true, childList: true });
    const began = performance.now();
    for (let at = 0; at < KEPT + 30; at++) {
      call.hears(`message ${at}`);
      await task();
    }
    await until(() => messages(chat).at(-1) === `message ${KEPT + 29}`);
    const time = performance.now() - began;
    expect([messages(chat).length, messages(chat)[0]]).to.deep.equal([KEPT, 'message 30']);
    expect(updates).to.be.below(time / 50 + 5);
    observer.disconnect();
  });

  it('sends to each who is there on Enter, and shows it at once', async () => {
    const { call, chat } = await addChat({ peers: [ann, ben] });
    await type(chat, '  hello\nthere ');
    expect(enter(chat)).to.equal(false);
    expect(call.sent.map(({ given, to }) => [given, to])).to.deep.equal([
      ['hello\nthere', 'ann'],
      ['hello\nthere', 'ben'],
    ]);
    await until(() => messages(chat).length === 1);
    expect([field(chat).value, query(chat, '.who bdi')!.textContent]).to.deep.equal(['', 'You']);
    expect(query(chat, '.late')!.textContent).to.equal('Sending…');
    for (const { resolve } of call.sent) resolve();
    await until(() => !query(chat, '.late'), 'sent');
    expect(query(chat, '.failed') === null).to.equal(true);
  });

  it('leaves Enter to new lines and to composed letters', async () => {
    const { call, chat } = await addChat();
    await type(chat, 'hello');
    expect(enter(chat, { shiftKey: true })).to.equal(true);
    expect(enter(chat, { isComposing: true })).to.equal(true);
    expect(enter(chat, { keyCode: 229 })).to.equal(true);
    expect(call.sent.length).to.equal(0);
    expect(enter(chat)).to.equal(false);
    expect(call.sent.length).to.equal(1);
    expect(enter(chat)).to.equal(false);
    expect(call.sent.length, 'an empty field').to.equal(1);
  });

  it('tells who has not got it, and sends to them again', async () => {
    const { call, chat } = await addChat({ peers: [ann, ben] });
    await type(chat, 'hello');
    enter(chat);
    call.sent[0]!.resolve();
    const fired = nextEvent<ErrorEvent>(chat, 'error');
    const lost = new MediaKitError('connection-failed', 'lost');
    call.sent[1]!.reject(lost);
    expect((await fired).error === lost).to.equal(true);
    await until(() => query(chat, '.failed'), 'told');
    expect(query(chat, '.failed span')!.textContent).to.equal('Ben did not get this');
    // Nobody can be reached who is not there.
    call.become({ peers: [ann] });
    await until(() => !button(chat, 'Try again'), 'no button');
    expect(query(chat, '.failed span')!.textContent).to.equal('Ben did not get this');
    call.become({ peers: [ann, ben] });
    (await until(() => button(chat, 'Try again'), 'a button')).focus();
    chat.addEventListener('send-request', (event) => event.preventDefault(), { once: true });
    button(chat, 'Try again')!.click();
    expect(call.sent.length, 'prevented').to.equal(2);
    button(chat, 'Try again')!.click();
    expect(call.sent.slice(2).map(({ given, to }) => [given, to])).to.deep.equal([['hello', 'ben']]);
    await until(() => !query(chat, '.failed'), 'on its way');
    expect(chat.shadowRoot!.activeElement?.matches('.entry'), 'the focus stays').to.equal(true);
    call.sent[2]!.resolve();
    await until(() => !query(chat, '.late'), 'sent');
    expect([messages(chat), call.sent.length]).to.deep.equal([['hello'], 3]);
  });

  it('asks before it sends', async () => {
    const { call, chat } = await addChat();
    chat.addEventListener('send-request', (event) => event.preventDefault(), { once: true });
    await type(chat, 'hello');
    const asked = nextEvent<HTMLElementEventMap['send-request']>(document.body, 'send-request');
    enter(chat);
    expect((await asked).text).to.equal('hello');
    await chat.updateComplete;
    expect([call.sent.length, messages(chat).length, chat.value]).to.deep.equal([0, 0, 'hello']);
    enter(chat);
    expect([call.sent.length, chat.value]).to.deep.equal([1, '']);
  });

  it('sends by its button too', async () => {
    const { call, chat } = await addChat();
    const send = query(chat, '[part="send-button"]')!;
    expect(send.getAttribute('aria-disabled')).to.equal('true');
    await type(chat, 'hello');
    expect(send.getAttribute('aria-disabled')).to.equal('false');
    send.click();
    expect(call.sent.length).to.equal(1);
  });

  it('says why nobody can be written to, and keeps what was written', async () => {
    const { call, chat } = await addChat({ status: 'idle' });
    const status = query(chat, '[role="status"]')!;
    const says = (words: string): Promise<unknown> => until(() => status.textContent === words, words);
    await says('You are not in the call');
    await type(chat, 'hello');
    for (const act of [() => enter(chat), () => query(chat, '[part="send-button"]')!.click()]) act();
    call.become({ status: 'joining' });
    await says('Joining the call…');
    call.become({ status: 'waiting' });
    await says('Nobody else is here yet');
    expect(chat.matches(':state(quiet)')).to.equal(true);
    call.become({ peers: [ann] });
    await says('');
    expect([call.sent.length, field(chat).value, chat.matches(':state(quiet)')]).to.deep.equal([
      0,
      'hello',
      false,
    ]);
    enter(chat);
    call.become({ status: 'waiting' });
    await says('Nobody else is here any more');
    call.remove();
    await says('There is no call to write to');
  });

  it('forgets what was said when it is told to', async () => {
    const { call, chat } = await addChat();
    call.hears('hello');
    await until(() => messages(chat).length === 1);
    await type(chat, 'on its way');
    enter(chat);
    chat.clear();
    await until(() => messages(chat).length === 1);
    expect(messages(chat)).to.deep.equal(['on its way']);
    call.sent[0]!.resolve();
    await until(() => !query(chat, '.late'));
    chat.clear();
    await until(() => messages(chat).length === 0);
    expect(query(chat, '.empty') !== null).to.equal(true);
  });

  it('sends once what is tried again twice before it is drawn', async () => {
    const { call, chat } = await addChat();
    await type(chat, 'again');
    enter(chat);
    call.sent[0]!.reject(new MediaKitError('connection-failed', 'lost'));
    const retry = await until(() => button(chat, 'Try again'), 'a button');
    retry.click();
    retry.click();
    expect(call.sent.length).to.equal(2);
  });
});
