import { expect } from '@open-wc/testing';
import {
  createGeneratorWorker,
  GeneratorWorker,
} from '../../../components/engine/generator/generator-worker.js';
import { until } from '../../support/wait.js';

describe('GeneratorWorker', () => {
  it('is woken by a worker, at about the right time', async () => {
    const clock = new GeneratorWorker(() => createGeneratorWorker());
    await until(() => clock.ready, 'the worker answers');
    const start = clock.now();
    await new Promise<void>((resolve) => void clock.after(60, resolve));
    expect(clock.now() - start).to.be.within(59, 1000);
    clock.release();
  });

  it('can be cancelled, and is silent after its release', async () => {
    const clock = new GeneratorWorker(() => createGeneratorWorker());
    await until(() => clock.ready, 'the worker answers');
    const heard: string[] = [];
    clock.after(5, () => heard.push('cancelled'))();
    await new Promise<void>((resolve) => void clock.after(40, resolve));
    clock.after(5, () => heard.push('released'));
    clock.release();
    const other = new GeneratorWorker(() => createGeneratorWorker());
    await new Promise<void>((resolve) => void other.after(60, resolve));
    other.release();
    expect(heard).to.deep.equal([]);
  });

  it('does with the page’s timers where there can be no worker', async () => {
    const clock = new GeneratorWorker(() => {
      throw new DOMException('not here', 'SecurityError');
    });
    await new Promise<void>((resolve) => void clock.after(5, resolve));
    expect(clock.ready).to.equal(false);
    clock.release();
  });

  it('does with the page’s timers while the script does not load', async () => {
    const clock = new GeneratorWorker(() => new Worker('/no-such-file.js', { type: 'module' }));
    await new Promise<void>((resolve) => void clock.after(5, resolve));
    expect(clock.ready).to.equal(false);
    clock.release();
  });

  it('imports the script into a worker of this origin where the page’s rules forbid the script', async () => {
    const RealWorker = globalThis.Worker;
    const urls: string[] = [];
    globalThis.Worker = class extends RealWorker {
      constructor(url: string | URL, options?: WorkerOptions) {
        urls.push(String(url));
        // What a script of another origin does.
        if (!String(url).startsWith('blob:')) throw new DOMException('cross-origin', 'SecurityError');
        super(url, options);
      }
    };
    try {
      const clock = new GeneratorWorker(() => createGeneratorWorker());
      await until(() => clock.ready, 'the worker answers');
      expect(urls[1]!.startsWith('blob:')).to.equal(true);
      clock.release();
    } finally {
      globalThis.Worker = RealWorker;
    }
  });
});
