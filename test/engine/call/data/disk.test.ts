import { expect } from '@open-wc/testing';
import { Scratch } from '../../../../components/engine/scratch.js';
import { fileOf, isSame, Two } from './support.js';
import { until } from '../../../support/wait.js';

const MiB = 2 ** 20;

describe('files on a disk', () => {
  let both: Two;
  beforeEach(async () => {
    both = new Two();
    await both.connect();
  });
  afterEach(() => both.close());

  // What `showSaveFilePicker()` gives is of the same class.
  it('go into a file that the page has chosen, as they are, also across a lost connection', async () => {
    const folder = await navigator.storage.getDirectory();
    const name = `chosen-${Date.now()}`;
    const handle = await folder.getFileHandle(name, { create: true });
    const writable = await handle.createWritable();
    both.two.heard = (event) => event.type === 'file-offer' && event.preventDefault();
    const file = fileOf(12 * MiB + 345);
    const sent = both.one.exchange.sendFile(file);
    const offer = await until(() => both.two.offers[0], 'an offer');
    offer.accept(writable);
    await until(() => both.two.progress.some(({ transferred }) => transferred > MiB), 'a part');
    both.lose();
    await both.connect();
    await sent;
    expect((await both.two.arrival()).file).to.equal(null);
    expect(await isSame(file, await handle.getFile())).to.equal(true);
    await folder.removeEntry(name);
  });

  it('find the disk of the browser again that was full', async () => {
    const disk = navigator.storage;
    const scratch = new Scratch();
    disk.getDirectory = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    const refused = await scratch.create().catch(({ name }: DOMException) => name);
    Reflect.deleteProperty(disk, 'getDirectory');
    expect(refused).to.equal('QuotaExceededError');
    const { file, remove } = await scratch.create();
    expect((await file.getFile()).size).to.equal(0);
    await remove();
  });
});
