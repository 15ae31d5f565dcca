import { expect } from '@open-wc/testing';
import { afterGrace, until } from './wait.js';

/** What the nine standing tests need to know about one element. */
export interface Subject<T extends HTMLElement> {
  readonly tag: string;
  /** Imports the module that registers the tag. */
  readonly define: () => Promise<unknown>;
  /** A property that a page may set before the tag is defined, and its value. */
  readonly early: readonly [property: keyof T & string, value: unknown];
  /** Puts one running element into the document: resolves when it has the stream that it shows or makes. */
  readonly start: (element: T) => Promise<void>;
  /** The stream that a move must keep. */
  readonly stream: (element: T) => MediaStream | null;
  /** True when all that the element owned has been given back. */
  readonly released: (element: T, before: MediaStream | null) => boolean;
  /** Facts that it fires while starting; none of them may bubble. */
  readonly facts: readonly string[];
  /** Requests that it fires, if any: each bubbles and can be cancelled. */
  readonly requests?: readonly string[];
  /** For consumers: hands the element a stream that it must not stop. */
  readonly lend?: (element: T, stream: MediaStream) => Promise<void>;
  /** Fills the page with whatever `start` needs beside the element. */
  readonly surroundings?: () => Promise<void>;
}

interface WithMove extends HTMLElement {
  moveBefore(node: Node, child: Node | null): void;
}

/** The nine standing tests that every element of the kit passes. Call inside `describe('<tag>')`. */
export function standingTests<T extends HTMLElement>(subject: Subject<T>): void {
  const { tag, start, stream, released } = subject;
  const warnings: string[] = [];
  const warn = console.warn;

  const started = async (): Promise<T> => {
    const element = document.createElement(tag) as T;
    document.body.append(element);
    await start(element);
    return element;
  };

  describe('standing tests', () => {
    before(async () => {
      console.warn = (...words: unknown[]) => {
        warnings.push(words.join(' '));
        warn.apply(console, words);
      };
      // 2. Markup and a property come before the definition.
      const early = document.createElement(tag);
      const [property, value] = subject.early;
      Object.assign(early, { [property]: value });
      early.id = 'early';
      document.body.append(early);
      await subject.define();
    });

    beforeEach(async () => {
      await subject.surroundings?.();
    });

    afterEach(async () => {
      document.body.replaceChildren();
      await afterGrace();
    });

    after(() => {
      console.warn = warn;
    });

    it('2. keeps a property that was set before its definition', () => {
      const early = document.querySelector<T>('#early') ?? null;
      const [property, value] = subject.early;
      // The element may have been taken away by an earlier afterEach: this one runs first.
      expect(early?.[property] === value).to.equal(true);
    });

    it('1. is accessible by the rules of axe', async () => {
      const element = await started();
      await expect(element).to.be.accessible();
    });

    it('3. keeps its stream when it is moved', async () => {
      const element = await started();
      const before = stream(element);
      const first = document.createElement('div') as unknown as WithMove;
      document.body.append(first);
      first.insertBefore(element, null);
      await afterGrace();
      expect(stream(element) === before, 'insertBefore').to.equal(true);
      expect(released(element, before), 'alive after insertBefore').to.equal(false);
      const second = document.createElement('div') as unknown as WithMove;
      document.body.append(second);
      second.moveBefore(element, null);
      await afterGrace();
      expect(stream(element) === before, 'moveBefore').to.equal(true);
      expect(released(element, before), 'alive after moveBefore').to.equal(false);
    });

    it('4. gives back what it owns after the grace, and starts again', async () => {
      const element = await started();
      const before = stream(element);
      element.remove();
      expect(released(element, before), 'released before the grace').to.equal(false);
      await until(() => released(element, before), 'released after the grace');
      await subject.surroundings?.();
      document.body.append(element);
      await start(element);
      expect(stream(element) !== null).to.equal(true);
    });

    it('5. is garbage-collected after its removal', async function () {
      const { gc } = globalThis as { gc?: () => void };
      // Firefox cannot be told to collect.
      if (!gc) return this.skip();
      const reference = await (async () => {
        const element = await started();
        const before = stream(element);
        element.remove();
        await until(() => released(element, before), 'released');
        document.body.replaceChildren();
        return new WeakRef(element);
      })();
      await until(() => {
        gc();
        return reference.deref() === undefined;
      }, 'collected');
    });

    it('6. fires facts that do not bubble, and requests that do and can be cancelled', async () => {
      const { facts, requests = [] } = subject;
      const heard = new Map<string, Event>();
      const above = new Set<string>();
      const element = document.createElement(tag) as T;
      for (const type of [...facts, ...requests]) {
        element.addEventListener(type, (event) => heard.set(type, event));
        document.body.addEventListener(type, () => above.add(type));
      }
      document.body.append(element);
      await start(element);
      for (const type of facts) {
        expect(heard.has(type), `${type} is fired`).to.equal(true);
        expect(above.has(type), `${type} does not bubble`).to.equal(false);
      }
      for (const type of requests) {
        const event = heard.get(type);
        expect(event?.bubbles && event.composed && event.cancelable, type).to.equal(true);
      }
    });

    it('7. leaves borrowed tracks alive', async function () {
      if (!subject.lend) return this.skip();
      const canvas = document.createElement('canvas');
      canvas.getContext('2d')!.fillRect(0, 0, 1, 1);
      const borrowed = canvas.captureStream(5);
      const element = document.createElement(tag) as T;
      document.body.append(element);
      await subject.lend(element, borrowed);
      element.remove();
      await afterGrace();
      await afterGrace();
      expect(borrowed.getTracks().every((track) => track.readyState === 'live')).to.equal(true);
      for (const track of borrowed.getTracks()) track.stop();
    });

    it('8. causes no development warning of Lit', async () => {
      await started();
      expect(
        warnings.filter(
          (words) => /lit\.dev|Lit is in dev mode.*$/.test(words) && !/dev-mode|dev mode/.test(words),
        ),
      ).to.deep.equal([]);
    });

    it('9. shares the page with another of its kind', async () => {
      const [one, two] = [await started(), await started()];
      const [first, second] = [stream(one), stream(two)];
      one.remove();
      await until(() => released(one, first), 'the first is released');
      expect(stream(two) === second, 'the second keeps its stream').to.equal(true);
      expect(released(two, second), 'the second is alive').to.equal(false);
    });
  });
}
