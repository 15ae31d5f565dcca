import { expect } from '@open-wc/testing';
import '../../components/call-chat/define.js';
import type { CallChat } from '../../components/call-chat/call-chat.js';
import type { FileOfferEvent } from '../../components/engine/call/data/events.js';
import { MediaKitError } from '../../components/engine/errors.js';
import { afterGrace, nextEvent, until } from '../support/wait.js';
import { addChat, ann, button, field, madeTransfer, query, queryAll } from './fake-call.js';

/** A picture of one colour. */
const picture = (type = 'image/png', width = 4, height = 4): Promise<Blob> =>
  new Promise((resolve) => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    canvas.getContext('2d')!.fillRect(0, 0, width, height);
    canvas.toBlob((blob) => resolve(blob!), type);
  });

const row = (chat: CallChat): Promise<HTMLElement> => until(() => query(chat, '.file'), 'a row');
const detail = (chat: CallChat): string =>
  [...query(chat, '.file .detail')!.children].map(({ textContent }) => textContent).join(' | ');

/** What the addresses of blobs are at the time. */
function watchUrls(): { live: Map<string, Blob>; restore: () => void } {
  const { createObjectURL, revokeObjectURL } = URL;
  const live = new Map<string, Blob>();
  URL.createObjectURL = (blob: Blob) => {
    const url = createObjectURL.call(URL, blob);
    live.set(url, blob);
    return url;
  };
  URL.revokeObjectURL = (url: string) => {
    live.delete(url);
    revokeObjectURL.call(URL, url);
  };
  return { live, restore: () => Object.assign(URL, { createObjectURL, revokeObjectURL }) };
}

const transfer = (...files: File[]): DataTransfer => {
  const data = new DataTransfer();
  for (const file of files) data.items.add(file);
  return data;
};

/** False where the chat took it. */
function pastes(chat: CallChat, clipboardData: DataTransfer): boolean {
  const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true });
  // Firefox lets no script fill it.
  Object.defineProperty(event, 'clipboardData', { value: clipboardData });
  return field(chat).dispatchEvent(event);
}

describe('<call-chat> and its files', () => {
  afterEach(async () => {
    document.body.replaceChildren();
    await afterGrace();
  });

  it('asks before a file comes, and gives the answer', async () => {
    const { call, chat } = await addChat();
    const { event, answers } = call.offers(madeTransfer({ name: 'a.txt', size: 1_500_000 }));
    expect(event.defaultPrevented).to.equal(true);
    await row(chat);
    expect(query(chat, '.file-name')!.textContent).to.equal('a.txt');
    expect(detail(chat)).to.equal('1.5 MB');
    expect(queryAll(chat, '.way').map(({ ariaLabel }) => ariaLabel)).to.deep.equal([
      'Accept a.txt',
      'Refuse a.txt',
    ]);
    button(chat, 'Accept')!.click();
    button(chat, 'Refuse')!.click();
    expect(answers).to.deep.equal(['accept', 'refuse']);
  });

  it('leaves the answer to whoever gives it first', async () => {
    const { call, chat } = await addChat();
    const second = Object.assign(document.createElement('call-chat'), { htmlFor: call.id });
    document.body.append(second);
    await second.updateComplete;
    const offered = madeTransfer();
    call.offers(offered);
    await row(chat);
    await row(second);
    button(second, 'Accept')!.click();
    call.tells({ ...offered, status: 'moving' });
    await until(() => button(chat, 'Cancel') && !button(chat, 'Accept'), 'answered');
    second.remove();
    // A page that answers before the chat has heard of it.
    const page = (event: FileOfferEvent): void => call.tells({ ...event.transfer, status: 'refused' });
    call.remove();
    call.addEventListener('file-offer', page);
    await until(() => chat.matches(':state(quiet)'));
    document.body.append(call);
    await until(() => !chat.matches(':state(quiet)'));
    chat.clear();
    call.offers(madeTransfer({ name: 'answered' }));
    await until(() => query(chat, '.file-name')?.textContent === 'answered');
    expect([detail(chat).startsWith('You did not take it'), queryAll(chat, '.way').length]).to.deep.equal([
      true,
      0,
    ]);
  });

  it('shows how far it is, gives it up, and says how it ended', async () => {
    const { call, chat } = await addChat();
    let aborted = 0;
    const coming = madeTransfer({ size: 2_000, abort: () => aborted++ });
    call.offers(coming);
    await row(chat);
    button(chat, 'Accept')!.focus();
    call.tells({ ...coming, status: 'moving', transferred: 500 });
    const bar = await until(() => query<HTMLProgressElement>(chat, 'progress'), 'a bar');
    expect([bar.value, bar.max, bar.ariaLabel ?? bar.getAttribute('aria-label')]).to.deep.equal([
      500,
      2_000,
      'a.txt',
    ]);
    expect(chat.shadowRoot!.activeElement?.matches('.entry'), 'not at another button').to.equal(true);
    expect(detail(chat)).to.equal('500 bytes of 2 kB');
    button(chat, 'Cancel')!.click();
    expect(aborted).to.equal(1);
    call.tells({ ...coming, status: 'aborted' });
    await until(() => detail(chat) === 'Cancelled | 2 kB');
    expect([
      queryAll(chat, '.way').length,
      query(chat, 'progress'),
      queryAll(chat, '.entry').length,
    ]).to.deep.equal([0, null, 1]);
  });

  it('does not take the second click of a double click for another button', async () => {
    const { call, chat } = await addChat();
    let aborted = 0;
    const coming = madeTransfer({ status: 'moving', abort: () => aborted++ });
    call.tells(coming);
    await row(chat);
    button(chat, 'Cancel')!.dispatchEvent(new MouseEvent('click', { detail: 2, bubbles: true }));
    expect(aborted).to.equal(0);
    button(chat, 'Cancel')!.dispatchEvent(new MouseEvent('click', { detail: 1, bubbles: true }));
    expect(aborted).to.equal(1);
  });

  it('tells what becomes of our own', async () => {
    const { call, chat } = await addChat();
    const source = new File(['abc'], 'b.txt');
    const going = madeTransfer({ direction: 'out', name: 'b.txt', source });
    const becomes = async (changes: Parameters<typeof madeTransfer>[0], words: string): Promise<void> => {
      call.tells({ ...going, ...changes });
      await until(() => query(chat, '.file') && detail(chat).startsWith(words), words);
    };
    await becomes({ status: 'offered' }, 'Waiting for Ann');
    expect(button(chat, 'Cancel') !== undefined).to.equal(true);
    await becomes({ status: 'moving' }, 'On its way to Ann');
    await becomes({ status: 'done' }, 'Ann has it');
    expect(queryAll(chat, '.way').length).to.equal(0);
    await becomes({ status: 'refused' }, 'Ann did not take it');
    expect(queryAll(chat, '.way').length).to.equal(0);
    await becomes(
      { status: 'failed', error: new MediaKitError('connection-failed', 'The way broke.') },
      'The way broke.',
    );
    button(chat, 'Try again')!.click();
    expect(call.files.map(({ given, to }) => [given === source, to])).to.deep.equal([[true, 'ann']]);
  });

  it('tells of a file that did not even get on its way', async () => {
    const { call, chat } = await addChat();
    pastes(chat, transfer(new File(['abc'], 'c.txt')));
    expect(call.files.length).to.equal(1);
    call.files[0]!.reject(new MediaKitError('insecure-context', 'Not from here.'));
    await row(chat);
    expect(detail(chat)).to.equal('Not from here. | 3 bytes');
  });

  it('saves as what no browser opens', async () => {
    const { call, chat } = await addChat();
    const page = new File(['<script>alert(1)</script>'], 'page.html', { type: 'text/html' });
    call.stores(madeTransfer({ name: 'page.html', type: 'text/html' }), page);
    const link = await until(() => query<HTMLAnchorElement>(chat, 'a'), 'a link');
    expect([link.download, link.target, link.textContent!.trim()]).to.deep.equal(['page.html', '', 'Save']);
    const saved = await (await fetch(link.href)).blob();
    expect([saved.type, await saved.text()]).to.deep.equal(['application/octet-stream', await page.text()]);
  });

  it('shows pictures of a few types alone', async () => {
    const { call, chat } = await addChat();
    for (const type of ['image/png', 'image/jpeg', 'image/webp']) {
      const blob = await picture(type);
      // Not every browser makes each.
      call.stores(madeTransfer({ name: type, type: blob.type }), new File([blob], type, { type: blob.type }));
    }
    await until(() => queryAll<HTMLImageElement>(chat, 'img').length === 3, 'three pictures');
    const [first] = queryAll<HTMLImageElement>(chat, 'img');
    expect([first!.src.startsWith('blob:'), first!.alt]).to.deep.equal([true, 'Preview of image/png']);
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>';
    const none: [string, BlobPart][] = [
      ['image/svg+xml', svg],
      // It claims to be what it is not.
      ['image/png', svg],
      ['image/gif', '<b>hello</b>'],
      ['text/html', '<img>'],
      ['application/pdf', '%PDF-'],
    ];
    for (const [type, content] of none) {
      call.stores(madeTransfer({ name: type, type }), new File([content], type, { type }));
    }
    await until(() => queryAll(chat, 'a').length === 8, 'all rows');
    // Whatever is looked at is looked at before this one.
    call.stores(madeTransfer({ type: 'image/png' }), new File([await picture()], 'last'));
    await until(() => queryAll(chat, 'img').length === 4, 'the last picture');
    expect(queryAll(chat, '.entry:nth-child(n+4):nth-child(-n+8) img').length).to.equal(0);
  });

  it('shows no picture that is too large to show', async () => {
    const { live, restore } = watchUrls();
    const { call, chat } = await addChat();
    const heavy = new File([await picture(), new Uint8Array(11 * 2 ** 20)], 'heavy', { type: 'image/png' });
    const wide = await picture('image/png', 8_000, 5_100);
    call.stores(madeTransfer({ type: 'image/png' }), heavy);
    call.stores(madeTransfer({ type: 'image/png' }), new File([wide], 'wide'));
    call.stores(madeTransfer({ type: 'image/png' }), new File([await picture()], 'small'));
    // Three to save, and one to show.
    await until(() => query(chat, 'img') && live.size === 4, 'one picture').finally(restore);
    expect(queryAll(chat, '.entry').map((entry) => Boolean(entry.querySelector('img')))).to.deep.equal([
      false,
      false,
      true,
    ]);
  });

  it('gives the addresses back: of what is forgotten, and all of them when it is removed', async () => {
    const { live, restore } = watchUrls();
    try {
      const { call, chat } = await addChat();
      const file = new File([await picture()], 'a.png', { type: 'image/png' });
      const comes = async (): Promise<void> => {
        call.stores(madeTransfer({ type: 'image/png' }), file);
        await until(() => query(chat, 'img') && query(chat, 'a'), 'shown');
      };
      await comes();
      expect(live.size).to.equal(2);
      chat.clear();
      await until(() => live.size === 0, 'given back');
      await comes();
      chat.remove();
      expect(live.size).to.equal(2);
      await until(() => live.size === 0, 'given back');
      document.body.append(chat);
      await until(() => live.has(query<HTMLImageElement>(chat, 'img')?.src ?? ''), 'shown again');
      expect(live.has(query<HTMLAnchorElement>(chat, 'a')!.href)).to.equal(true);
    } finally {
      restore();
    }
  });

  it('refuses an open offer when it is removed, and takes up what goes on when it is back', async () => {
    const { call, chat } = await addChat();
    const offer = call.offers(madeTransfer());
    const going = madeTransfer({ direction: 'out', status: 'moving', name: 'going' });
    call.tells(going);
    await until(() => queryAll(chat, '.entry').length === 2);
    chat.remove();
    await until(() => offer.answers.length > 0, 'answered');
    expect(offer.answers).to.deep.equal(['refuse']);
    document.body.append(chat);
    await chat.updateComplete;
    call.tells({ ...going, transferred: 3 });
    await until(() => query(chat, '.file-name')?.textContent === 'going');
    expect(queryAll(chat, '.entry').length).to.equal(1);
  });

  it('leaves an open offer to whoever was asked before', async () => {
    const { call, chat } = await addChat();
    call.addEventListener('file-offer', (event) => event.preventDefault(), { capture: true });
    const second = Object.assign(document.createElement('call-chat'), { htmlFor: call.id });
    document.body.append(second);
    await second.updateComplete;
    chat.remove();
    const offer = call.offers(madeTransfer());
    await row(second);
    second.remove();
    await afterGrace();
    expect(offer.answers).to.deep.equal([]);
  });

  it('leaves an open offer to the other chats, and the last one refuses it', async () => {
    const { call, chat } = await addChat();
    const second = Object.assign(document.createElement('call-chat'), { htmlFor: call.id });
    document.body.append(second);
    await second.updateComplete;
    const offer = call.offers(madeTransfer());
    await Promise.all([row(chat), row(second)]);
    chat.remove();
    await afterGrace();
    expect(offer.answers).to.deep.equal([]);
    second.remove();
    await until(() => offer.answers.length > 0, 'the answer of the last one');
    expect(offer.answers).to.deep.equal(['refuse']);
  });

  it('goes on with its rows when its call is moved, and when it is back within the grace', async () => {
    const { call, chat } = await addChat();
    const offer = call.offers(madeTransfer());
    const going = madeTransfer({ status: 'moving', name: 'going' });
    call.tells(going);
    await until(() => queryAll(chat, '.entry').length === 2);
    call.remove();
    await chat.updateComplete;
    document.body.append(call);
    chat.remove();
    call.tells({ ...going, status: 'done', transferred: going.size });
    document.body.append(chat);
    await until(() => queryAll(chat, 'progress').length === 0, 'done');
    expect(offer.answers).to.deep.equal([]);
    expect(queryAll(chat, '.entry').length).to.equal(2);
    call.remove();
    await until(() => offer.answers.length > 0, 'answered');
    expect(queryAll(chat, '.entry').length).to.equal(1);
  });

  it('is covered only while files are held over it', async () => {
    const { chat } = await addChat();
    const drag = (type: string, relatedTarget: Element | null): Promise<boolean> => {
      const event = new DragEvent(type, { bubbles: true, composed: true, cancelable: true, relatedTarget });
      Object.defineProperty(event, 'dataTransfer', { value: { types: ['Files'], files: [] } });
      field(chat).dispatchEvent(event);
      return chat.updateComplete;
    };
    await drag('dragover', null);
    expect(query(chat, '.drop') !== null).to.equal(true);
    const slotted = Object.assign(document.createElement('p'), { slot: 'empty' });
    chat.append(slotted);
    await drag('dragleave', slotted);
    expect(query(chat, '.drop') !== null).to.equal(true);
    await drag('dragleave', document.body);
    expect(query(chat, '.drop') === null).to.equal(true);
  });

  it('asks again before it tries again, and lets what nobody got be sent again', async () => {
    const { call, chat } = await addChat();
    const file = new File(['abc'], 'mine.txt');
    pastes(chat, transfer(file));
    call.files[0]!.reject(new MediaKitError('connection-failed', 'It was lost.'));
    await until(() => button(chat, 'Try again'), 'a way');
    const requests: Event[] = [];
    chat.addEventListener('file-request', (event) => {
      event.preventDefault();
      requests.push(event);
    });
    button(chat, 'Try again')!.click();
    expect([requests.length, call.files.length]).to.deep.equal([1, 1]);
  });

  it('sends what is chosen, pasted and dropped, and asks before', async () => {
    const { call, chat } = await addChat();
    const asked: string[] = [];
    document.body.addEventListener('file-request', ({ file }) => asked.push((file as File).name));
    const input = query<HTMLInputElement>(chat, 'input[type="file"]')!;
    input.files = transfer(new File(['1'], 'chosen'), new File(['2'], 'chosen too')).files;
    input.dispatchEvent(new Event('change'));
    const paste = (data: DataTransfer): boolean => pastes(chat, data);
    expect(paste(transfer(new File(['3'], 'pasted')))).to.equal(false);
    const office = transfer(new File(['4'], 'picture of a text'));
    office.setData('text/plain', 'a text');
    expect(paste(office), 'text is pasted as text').to.equal(true);
    const drag = (type: string, data: DataTransfer): boolean =>
      query(chat, '.log')!.dispatchEvent(
        new DragEvent(type, { dataTransfer: data, bubbles: true, composed: true, cancelable: true }),
      );
    const data = transfer(new File(['5'], 'dropped'));
    expect(drag('dragover', data)).to.equal(false);
    await until(() => chat.matches(':state(dragging)'), 'the state');
    expect(query(chat, '.drop')!.textContent!.trim()).to.equal('Drop files to send them');
    expect(drag('drop', data)).to.equal(false);
    await until(() => !query(chat, '.drop'));
    const names = ['chosen', 'chosen too', 'pasted', 'dropped'];
    expect(call.files.map(({ given }) => (given as File).name)).to.deep.equal(names);
    expect([asked, call.files[0]!.to]).to.deep.equal([names, undefined]);
    chat.addEventListener('file-request', (event) => event.preventDefault(), { once: true });
    paste(transfer(new File(['6'], 'prevented')));
    expect(call.files.length).to.equal(4);
    const text = new DataTransfer();
    text.setData('text/plain', 'words');
    expect(drag('dragover', text), 'text is left to the field').to.equal(true);
  });

  it('takes no file while nobody is there, and lets no browser open it instead', async () => {
    const { call, chat } = await addChat({ status: 'waiting' });
    const dropped = query(chat, '.log')!.dispatchEvent(
      new DragEvent('drop', {
        dataTransfer: transfer(new File(['1'], 'x')),
        bubbles: true,
        composed: true,
        cancelable: true,
      }),
    );
    expect([dropped, call.files.length]).to.deep.equal([false, 0]);
    expect(query(chat, '[part="file-button"]')!.getAttribute('aria-disabled')).to.equal('true');
    call.become({ peers: [ann] });
    await until(() => query(chat, '[part="file-button"]')!.getAttribute('aria-disabled') === 'false');
    const chosen = nextEvent(query(chat, 'input')!, 'click');
    query(chat, '[part="file-button"]')!.click();
    await chosen;
  });

  describe('where the browser can ask for a place', () => {
    const LARGE = 256 * 2 ** 20 + 1;
    const before = Object.getOwnPropertyDescriptor(window, 'showSaveFilePicker');
    let asked: unknown[];
    let answer: () => Promise<unknown>;
    beforeEach(() => {
      asked = [];
      const value = (options: unknown): Promise<unknown> => {
        asked.push(options);
        return answer();
      };
      Object.defineProperty(window, 'showSaveFilePicker', { value, configurable: true });
    });
    afterEach(() => {
      if (before) Object.defineProperty(window, 'showSaveFilePicker', before);
      else Reflect.deleteProperty(window, 'showSaveFilePicker');
    });

    it('stores a large file there, and leaves the offer open without an answer', async () => {
      const root = await navigator.storage.getDirectory();
      const handle = await root.getFileHandle('chosen', { create: true });
      const { call, chat } = await addChat();
      const { answers, places } = call.offers(madeTransfer({ name: 'film.webm', size: LARGE }));
      await row(chat);
      answer = () => Promise.reject(new DOMException('dismissed', 'AbortError'));
      button(chat, 'Accept')!.click();
      answer = () => Promise.resolve(handle);
      button(chat, 'Accept')!.click();
      const place = await until(() => places[0], 'a place');
      expect([answers, asked]).to.deep.equal([
        ['accept'],
        [{ suggestedName: 'film.webm' }, { suggestedName: 'film.webm' }],
      ]);
      await place.write('all of it');
      await place.close();
      expect(await (await handle.getFile()).text()).to.equal('all of it');
      await root.removeEntry('chosen');
    });

    it('asks for none where the file is not large', async () => {
      const { call, chat } = await addChat();
      const { answers, places } = call.offers(madeTransfer({ size: LARGE - 1 }));
      await row(chat);
      button(chat, 'Accept')!.click();
      expect([asked.length, answers, places.length]).to.deep.equal([0, ['accept'], 0]);
    });

    it('takes the disk of the browser where it may not ask, and where the place cannot be written', async () => {
      const { call, chat } = await addChat();
      const unwritable = { createWritable: () => Promise.reject(new DOMException('', 'NotAllowedError')) };
      for (const outcome of [
        () => Promise.reject(new DOMException('', 'SecurityError')),
        () => Promise.resolve(unwritable),
      ]) {
        answer = outcome;
        chat.clear();
        const offered = madeTransfer({ size: LARGE });
        const { answers, places } = call.offers(offered);
        (await until(() => button(chat, 'Accept'), 'an offer')).click();
        await until(() => answers.length > 0, 'an answer');
        expect([answers, places.length]).to.deep.equal([['accept'], 0]);
        call.tells({ ...offered, status: 'refused' });
        await until(() => !button(chat, 'Accept'));
      }
    });

    it('writes nothing where the offer was withdrawn meanwhile', async () => {
      const { call, chat } = await addChat();
      let aborted = false;
      const place = new WritableStream({ abort: () => void (aborted = true) });
      let choose!: (handle: unknown) => void;
      answer = () => new Promise((resolve) => (choose = resolve));
      const { event } = call.offers(madeTransfer({ size: LARGE }));
      await row(chat);
      button(chat, 'Accept')!.click();
      event.refuse();
      choose({ createWritable: () => Promise.resolve(place) });
      await until(() => aborted, 'it is given back');
    });
  });
});
