import { expect } from '@open-wc/testing';
import { LABEL } from '../../../../components/engine/call/identifiers.js';
import { BLOCK, BLOCKS_AHEAD } from '../../../../components/engine/call/data/wire.js';
import { nextEvent, until } from '../../../support/wait.js';
import { FakeClock } from '../support.js';
import { codeOf, fileOf, isSame, Two } from './support.js';

const MiB = 2 ** 20;

describe('files', () => {
  let both: Two;
  beforeEach(async () => {
    both = new Two();
    await both.connect();
  });
  afterEach(() => both.close());

  for (const [what, size] of Object.entries({
    'nothing at all': 0,
    'one byte': 1,
    'exactly a block': BLOCK,
    'a block and a byte': BLOCK + 1,
    'some blocks': 5 * BLOCK + 12_345,
  })) {
    it(`of ${what} arrive as they are, with name and type`, async () => {
      const file = fileOf(size, 'Fünf & mehr.bin', 'application/x-test');
      await both.one.exchange.sendFile(file);
      const { file: got, from, transfer } = await both.two.arrival();
      expect([got!.name, got!.type, got!.size, from]).to.deep.equal([file.name, file.type, size, 'one']);
      expect(await isSame(file, got!)).to.equal(true);
      expect([transfer.status, transfer.transferred, transfer.direction]).to.deep.equal(['done', size, 'in']);
      const sent = both.one.progress;
      expect([sent[0]!.status, sent.at(-1)!.status, sent.at(-1)!.transferred]).to.deep.equal([
        'offered',
        'done',
        size,
      ]);
      expect(sent.every(({ source }) => source === file)).to.equal(true);
      expect(sent[0]!.id).to.equal(transfer.id);
    });
  }

  it('tell of their progress on both sides, never backwards', async () => {
    await both.one.exchange.sendFile(fileOf(40 * MiB));
    await both.two.arrival();
    for (const { progress } of [both.one, both.two]) {
      const bytes = progress.map(({ transferred }) => transferred);
      expect(bytes).to.deep.equal([...bytes].sort((a, b) => a - b));
      expect(progress.some(({ status, transferred }) => status === 'moving' && transferred > 0)).to.equal(
        true,
      );
    }
  });

  it('leave no bytes to the garbage collection', async () => {
    const moved: ArrayBufferLike[] = [];
    const [from, to] = both.connections as [RTCPeerConnection, RTCPeerConnection];
    const { createDataChannel } = to;
    to.createDataChannel = (...given) => {
      const channel = createDataChannel.apply(to, given);
      if (!given[1]?.protocol?.startsWith('file')) return channel;
      channel.addEventListener(
        'message',
        ({ data }) => void (data instanceof ArrayBuffer && moved.push(data)),
      );
      return channel;
    };
    from.addEventListener('datachannel', ({ channel }) => {
      const send = channel.send.bind(channel) as (data: unknown) => void;
      channel.send = (data: unknown) => {
        if (data instanceof Uint8Array) moved.push(data.buffer);
        send(data);
      };
    });
    await both.one.exchange.sendFile(fileOf(3 * MiB + 5));
    await both.two.arrival();
    // As many read as sent, and as many received.
    expect(moved.length > 2 * 48, `${moved.length} chunks`).to.equal(true);
    expect(moved.every(({ byteLength }) => byteLength === 0)).to.equal(true);
  });

  it('are refused, and nothing comes', async () => {
    both.two.heard = (event) => {
      if (event.type !== 'file-offer') return;
      event.preventDefault();
      both.two.offers[0]!.refuse();
    };
    expect(await codeOf(both.one.exchange.sendFile(fileOf(10)))).to.equal('aborted');
    expect(both.one.progress.at(-1)!.status).to.equal('refused');
    expect(both.two.progress.map(({ status }) => status)).to.deep.equal(['refused']);
    both.two.offers[0]!.accept();
    expect(both.two.progress.length).to.equal(1);
  });

  it('wait for an answer that comes later, into a stream of the page', async () => {
    both.two.heard = (event) => event.type === 'file-offer' && event.preventDefault();
    const file = fileOf(3 * MiB + 7);
    const sent = both.one.exchange.sendFile(file);
    const offer = await until(() => both.two.offers[0]);
    const { name, size, status } = offer.transfer;
    expect([name, size, status]).to.deep.equal(['some.bin', file.size, 'offered']);
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let closed = false;
    const sink = {
      write: (chunk: Uint8Array<ArrayBuffer>) => void chunks.push(chunk),
      close: () => void (closed = true),
    };
    offer.accept(new WritableStream(sink));
    await sent;
    expect((await both.two.arrival()).file).to.equal(null);
    expect(closed && (await isSame(file, new Blob(chunks)))).to.equal(true);
    const { writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
    writable.getWriter();
    void both.one.exchange.sendFile(fileOf(1)).catch(() => {});
    const next = await until(() => both.two.offers[1]);
    expect(() => next.accept(writable)).to.throw('in use');
    next.refuse();
  });

  it('too large to come without being asked for are refused', async () => {
    const blob = new Blob(Array.from({ length: 257 }, () => new Uint8Array(MiB)));
    expect(await codeOf(both.one.exchange.sendFile(blob))).to.equal('aborted');
    expect(both.two.progress.at(-1)!.status).to.equal('refused');
  });

  it('go on from where they stopped on another connection', async () => {
    const file = fileOf(60 * MiB);
    const sent = both.one.exchange.sendFile(file);
    await until(() => both.two.progress.some(({ transferred }) => transferred > 4 * MiB), 'some of it');
    both.lose();
    const bytes = both.two.progress.at(-1)!.transferred;
    expect(bytes < file.size).to.equal(true);
    const opened: string[] = [];
    const connected = both.connect();
    both.connections[0]!.addEventListener('datachannel', ({ channel }) => opened.push(channel.protocol));
    await connected;
    await sent;
    const { file: got } = await both.two.arrival();
    expect(await isSame(file, got!)).to.equal(true);
    const [, , from] = opened.find((protocol) => protocol.startsWith('file'))!.split(' ');
    expect(Number(from) * BLOCK >= bytes).to.equal(true);
  });

  for (const side of ['one', 'two'] as const) {
    it(`are given up by ${side === 'one' ? 'the sender' : 'the receiver'}`, async () => {
      const sent = codeOf(both.one.exchange.sendFile(fileOf(60 * MiB)));
      const moving = await until(() => both[side].progress.find(({ transferred }) => transferred > MiB));
      moving.abort();
      expect(await sent).to.equal('aborted');
      await until(() => both.two.progress.at(-1)!.status === 'aborted');
      expect(both.one.progress.at(-1)!.status).to.equal('aborted');
      moving.abort();
      await both.one.exchange.send('and all else goes on');
      expect(both.two.files.length).to.equal(0);
    });
  }

  it('are given up by a signal, before and after their offer', async () => {
    both.two.heard = (event) => event.type === 'file-offer' && event.preventDefault();
    expect(await codeOf(both.one.exchange.sendFile(fileOf(1), { signal: AbortSignal.abort() }))).to.equal(
      'aborted',
    );
    const giving = new AbortController();
    const sent = codeOf(both.one.exchange.sendFile(fileOf(1), { signal: giving.signal }));
    await until(() => both.two.offers[0]);
    giving.abort();
    expect(await sent).to.equal('aborted');
    await until(() => both.two.progress.at(-1)?.status === 'aborted');
    both.two.offers[0]!.accept();
    expect(both.two.progress.length).to.equal(1);
  });

  it('move many at once, and messages come between', async () => {
    const files = Array.from({ length: 20 }, (_, n) => fileOf(4 * MiB + n, `${n}.bin`));
    let given = 0;
    both.connections[0]!.addEventListener('datachannel', ({ channel }) => {
      const send = channel.send.bind(channel) as (data: unknown) => void;
      channel.send = (data: unknown) => {
        given += (data as Uint8Array).byteLength || 0;
        send(data);
      };
    });
    const sent = Promise.all(files.map((file) => both.one.exchange.sendFile(file)));
    await until(() => both.two.progress.some(({ transferred }) => transferred > 0));
    // A busy machine is slow with both: what the files send meanwhile says how long a message waits for them.
    const waits: number[] = [];
    const times: number[] = [];
    for (let n = 0; n < 10; n++) {
      const [before, began] = [given, performance.now()];
      await both.one.exchange.send(n);
      waits.push((given - before) / MiB);
      times.push(performance.now() - began);
    }
    const words = `${waits.map(Math.round).join()} MiB, ${times.map(Math.round).join()} ms`;
    expect(Math.max(...waits) < 12 && given < 72 * MiB, words).to.equal(true);
    await sent;
    await both.two.arrival(20);
    for (const { file } of both.two.files) {
      const original = files.find(({ name }) => name === file!.name)!;
      expect(await isSame(original, file!)).to.equal(true);
    }
    expect(both.two.cuts).to.deep.equal([]);
  });

  it('say so where they cannot be stored', async () => {
    both.two.heard = (event) => {
      if (event.type !== 'file-offer') return;
      both.two.offers[0]!.accept(new WritableStream({ write: () => Promise.reject(new Error('full')) }));
    };
    expect(await codeOf(both.one.exchange.sendFile(fileOf(3 * MiB)))).to.equal('connection-failed');
    const { status, error } = both.two.progress.at(-1)!;
    expect([status, error!.code]).to.deep.equal(['failed', 'unsupported']);
  });

  it('say so where they cannot be read', async () => {
    const file = fileOf(3 * MiB);
    file.slice = () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }) as Blob;
    expect(await codeOf(both.one.exchange.sendFile(file))).to.equal('bad-input');
    await until(() => both.two.progress.at(-1)?.status === 'aborted');
  });

  it('need not be waited for once the member has left', async () => {
    both.two.heard = (event) => event.type === 'file-offer' && event.preventDefault();
    const sent = codeOf(both.one.exchange.sendFile(fileOf(1), { to: 'two' }));
    await until(() => both.two.offers[0]);
    both.two.exchange.forget('one');
    both.one.exchange.forget('two');
    expect(await sent).to.equal('connection-failed');
    expect([both.one, both.two].map(({ progress }) => progress.at(-1)!.status)).to.deep.equal([
      'failed',
      'failed',
    ]);
    expect(await codeOf(both.one.exchange.sendFile('x' as unknown as Blob))).to.equal('bad-input');
  });

  it('are taken for damaged where a byte is another', async () => {
    const file = fileOf(2 * MiB);
    // The hash is made of what is read; what is sent is changed on its way.
    const send = RTCDataChannel.prototype.send;
    RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown) {
      const bytes = data as Uint8Array<ArrayBuffer>;
      if (this.protocol.startsWith('file') && typeof data !== 'string') {
        const changed = bytes.slice();
        changed[9]! ^= 1;
        return send.call(this, changed);
      }
      return send.call(this, bytes);
    };
    try {
      expect(await codeOf(both.one.exchange.sendFile(file))).to.equal('connection-failed');
    } finally {
      RTCDataChannel.prototype.send = send;
    }
    const { status, error } = both.two.progress.at(-1)!;
    expect([status, error!.message]).to.deep.equal([
      'failed',
      'The file arrived damaged: let it be sent again.',
    ]);
    expect(both.two.files.length).to.equal(0);
  });

  it('leave nothing on the disk that is not used', async () => {
    const root = await navigator.storage.getDirectory();
    const all = await root.getDirectoryHandle('rtc-elements', { create: true });
    // As a page that is gone has left it.
    const old = await all.getDirectoryHandle('left-behind', { create: true });
    await old.getFileHandle('file', { create: true });
    await both.one.exchange.sendFile(fileOf(2 * MiB));
    const { file } = await both.two.arrival();
    const names = async (): Promise<string[]> => {
      const found = [];
      for await (const name of all.keys()) found.push(name);
      return found;
    };
    await until(async () => !(await names()).includes('left-behind'), 'it is swept away');
    expect(await isSame(file!, fileOf(2 * MiB))).to.equal(true);
  });

  describe('onto a disk that is slow to open', () => {
    const disk = navigator.storage;
    let open: () => void;
    let opened: Promise<void>;
    beforeEach(() => {
      opened = new Promise((resolve) => (open = resolve));
      disk.getDirectory = async () => {
        await opened;
        return StorageManager.prototype.getDirectory.call(disk);
      };
    });
    afterEach(() => Reflect.deleteProperty(disk, 'getDirectory'));

    it('begin to come meanwhile, no more of them than some blocks', async () => {
      let came = 0;
      const { createDataChannel } = both.connections[1]!;
      both.connections[1]!.createDataChannel = function (...given) {
        const channel = createDataChannel.apply(this, given);
        channel.addEventListener('message', ({ data }) => (came += (data as ArrayBuffer).byteLength || 0));
        return channel;
      };
      const file = fileOf((BLOCKS_AHEAD + 3) * BLOCK + 5);
      const sent = both.one.exchange.sendFile(file);
      await until(() => came === BLOCKS_AHEAD * BLOCK, 'as much as may come');
      expect(both.two.progress.map(({ transferred }) => transferred)).to.deep.equal([0]);
      open();
      await sent;
      expect(await isSame(file, (await both.two.arrival()).file!)).to.equal(true);
    });

    it('are given up at once, and leave nothing there', async () => {
      const { createWritable } = FileSystemFileHandle.prototype;
      const made: FileSystemFileHandle[] = [];
      FileSystemFileHandle.prototype.createWritable = function (...given) {
        made.push(this);
        return createWritable.apply(this, given);
      };
      try {
        const sent = codeOf(both.one.exchange.sendFile(fileOf(3 * MiB)));
        await until(() => both.two.progress.length === 1, 'it is on its way');
        both.two.progress[0]!.abort();
        expect(await sent).to.equal('aborted');
        expect(made.length).to.equal(0);
        open();
        const isGone = (file: FileSystemFileHandle): Promise<boolean> =>
          file.getFile().then(
            () => false,
            () => true,
          );
        await until(async () => made.length === 1 && (await isGone(made[0]!)), 'it is removed');
      } finally {
        FileSystemFileHandle.prototype.createWritable = createWritable;
      }
      expect(both.two.progress.map(({ status }) => status)).to.deep.equal(['moving', 'aborted']);
    });
  });

  it('of which more is sent than was offered cut the sender off', async () => {
    const { two } = both;
    const from = both.connections[0]!;
    from.ondatachannel = null;
    const line = from.createDataChannel(LABEL, { protocol: 'messages rogue 0' });
    await nextEvent(line, 'open');
    const offer = JSON.stringify({ t: 'offer', id: 'bomb', name: 'x', type: '', size: 10 });
    const fetched = nextEvent<RTCDataChannelEvent>(from, 'datachannel');
    line.send(new Uint8Array([0x80, ...new TextEncoder().encode(offer)]));
    const { channel } = await fetched;
    expect(channel.protocol).to.equal('file bomb 0');
    if (channel.readyState !== 'open') await nextEvent(channel, 'open');
    channel.send(new Uint8Array(11));
    await until(() => two.cuts.length === 1, 'it is cut off');
    expect(two.floods).to.deep.equal(['one']);
    expect(two.progress.at(-1)!.status).to.equal('failed');
  });

  it('that wait for their turn are seen, and can be given up', async () => {
    const { one, two } = both;
    two.heard = (event) => event.type === 'file-offer' && event.preventDefault();
    const all = Array.from({ length: 17 }, (_, n) => codeOf(one.exchange.sendFile(fileOf(1, `${n}.bin`))));
    await until(() => two.offers.length === 16);
    const last = one.progress.at(-1)!;
    expect([last.name, last.status, new Set(one.progress.map(({ id }) => id)).size]).to.deep.equal([
      '16.bin',
      'offered',
      17,
    ]);
    last.abort();
    expect(await all[16]).to.equal('aborted');
    expect(two.offers.length).to.equal(16);
  });

  it('many of which are given up at once disturb nobody', async () => {
    const { one, two } = both;
    two.heard = (event) => event.type === 'file-offer' && event.preventDefault();
    const giving = new AbortController();
    const all = Array.from({ length: 150 }, () =>
      codeOf(one.exchange.sendFile(fileOf(1), { signal: giving.signal })),
    );
    await until(() => two.offers.length === 16);
    giving.abort();
    expect(new Set(await Promise.all(all))).to.deep.equal(new Set(['aborted']));
    await one.exchange.send('and all else goes on');
    expect([one.cuts, two.cuts]).to.deep.equal([[], []]);
    expect(two.progress.filter(({ status }) => status === 'aborted').length).to.equal(two.offers.length);
  });

  it('come over another channel where the sender hears nothing of the first ones, later each time', async () => {
    const clock = new FakeClock();
    const deaf = new Two(clock);
    await deaf.connect();
    const [from] = deaf.connections as [RTCPeerConnection];
    const take = from.ondatachannel!;
    // Held, for the garbage collection closes a channel that nobody has.
    const missed = new Set<RTCDataChannel>();
    from.ondatachannel = function (event) {
      const { channel } = event;
      if (missed.size < 2 && channel.protocol.startsWith('file')) missed.add(channel);
      else take.call(this, event);
    };
    const file = fileOf(MiB);
    const sent = codeOf(deaf.one.exchange.sendFile(file));
    await until(() => missed.size === 1, 'the first channel');
    clock.advance(4000);
    await until(() => missed.size === 2, 'the second channel');
    clock.advance(7999);
    expect(deaf.two.progress.at(-1)!.transferred).to.equal(0);
    clock.advance(1);
    expect(await sent).to.equal('');
    expect(await isSame(file, (await deaf.two.arrival()).file!)).to.equal(true);
    deaf.close();
    expect(clock.pending, 'timers that are left').to.equal(0);
  });

  it('go on over another channel where one cannot tell what is stored', async () => {
    const [, to] = both.connections as [RTCPeerConnection, RTCPeerConnection];
    const { createDataChannel } = to;
    const channels: RTCDataChannel[] = [];
    to.createDataChannel = (...given) => {
      const channel = createDataChannel.apply(to, given);
      if (!given[1]?.protocol?.startsWith('file')) return channel;
      channels.push(channel);
      if (channels.length > 1) return channel;
      channel.send = () => {
        throw new DOMException('full', 'OperationError');
      };
      return channel;
    };
    const file = fileOf(20 * MiB);
    await both.one.exchange.sendFile(file);
    expect(channels.length).to.equal(2);
    expect(await isSame(file, (await both.two.arrival()).file!)).to.equal(true);
  });

  it('come no faster than they are stored, whatever breaks meanwhile', async () => {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    both.two.heard = (event) => {
      if (event.type !== 'file-offer') return;
      const write = async (chunk: Uint8Array<ArrayBuffer>): Promise<void> => {
        await released;
        chunks.push(chunk);
      };
      both.two.offers[0]!.accept(new WritableStream({ write }));
    };
    const file = fileOf(40 * MiB);
    const sent = codeOf(both.one.exchange.sendFile(file));
    for (let breaks = 0; breaks < 3; breaks++) {
      // Time for a sender that goes too far: nothing tells that no more comes.
      await new Promise((resolve) => setTimeout(resolve, 700));
      await both.connect();
    }
    release();
    expect(await sent).to.equal('');
    expect(both.two.cuts).to.deep.equal([]);
    expect(await isSame(file, new Blob(chunks))).to.equal(true);
  });

  it('of whom too many are offered are refused without asking', async () => {
    const { two } = both;
    two.heard = (event) => event.type === 'file-offer' && event.preventDefault();
    const line = both.connections[0]!.createDataChannel(LABEL, { protocol: 'messages rogue 0' });
    await nextEvent(line, 'open');
    for (let n = 0; n < 100; n++) {
      const offer = JSON.stringify({ t: 'offer', id: `n${n}`, name: 'x', type: '', size: 10 });
      line.send(new Uint8Array([0x80, ...new TextEncoder().encode(offer)]));
    }
    await until(() => two.offers.length === 16);
    await new Promise((resolve) => setTimeout(resolve));
    expect([two.offers.length, two.cuts.length]).to.deep.equal([16, 0]);
  });
});
