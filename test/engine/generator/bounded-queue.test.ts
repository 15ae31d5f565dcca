import { expect } from '@open-wc/testing';
import { BoundedQueue } from '../../../components/engine/generator/bounded-queue.js';

function setUp(limit = 3) {
  const discarded: string[] = [];
  const weights: Record<string, number> = {};
  const queue = new BoundedQueue<string>(
    limit,
    (item) => weights[item] ?? 1,
    (item) => discarded.push(item),
  );
  const done: string[] = [];
  const put = (item: string): void => void queue.put(item).then(() => done.push(item));
  return { queue, put, done, discarded, weights };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('BoundedQueue', () => {
  it('hands out in order, and lets writers wait while it is full', async () => {
    const { queue, put, done } = setUp();
    for (const item of 'abcd') put(item);
    await settled();
    expect(done).to.deep.equal(['a', 'b']);
    expect(queue.length).to.equal(4);
    expect(queue.shift()).to.equal('a');
    await settled();
    expect(done).to.deep.equal(['a', 'b', 'c']);
    expect([queue.shift(), queue.shift(), queue.shift(), queue.shift()]).to.deep.equal([
      'b',
      'c',
      'd',
      undefined,
    ]);
    await settled();
    expect(done).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('drops the oldest to make room at once', async () => {
    const { queue, put, done, discarded } = setUp(2);
    put('a');
    put('b');
    expect(queue.force('c')).to.equal(1);
    expect(queue.force('d')).to.equal(1);
    expect(discarded).to.deep.equal(['a', 'b']);
    expect(queue.length).to.equal(2);
    await settled();
    expect(done, 'nobody waits for ever').to.deep.equal(['a', 'b']);
  });

  it('takes one that is too heavy when it is empty', () => {
    const { queue, weights, discarded } = setUp(2);
    weights.big = 10;
    expect(queue.force('big')).to.equal(0);
    expect(queue.force('next')).to.equal(1);
    expect(discarded).to.deep.equal(['big']);
  });

  it('makes room when the first becomes lighter', async () => {
    const { queue, put, done, weights } = setUp(2);
    weights.a = 5;
    put('a');
    await settled();
    expect(done).to.deep.equal([]);
    weights.a = 0.5;
    queue.settle();
    await settled();
    expect(done).to.deep.equal(['a']);
  });

  it('discards all that is left, and lets the writers go', async () => {
    const { queue, put, done, discarded } = setUp(1);
    put('a');
    put('b');
    queue.clear();
    await settled();
    expect(discarded).to.deep.equal(['a', 'b']);
    expect(done).to.deep.equal(['a', 'b']);
    expect(queue.length).to.equal(0);
  });
});
