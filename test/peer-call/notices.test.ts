import { expect } from '@open-wc/testing';
import type { CallIssue, CallIssueName } from '../../components/engine/call/issues.js';
import '../../components/peer-call/define.js';
import { noticesOf } from '../../components/peer-call/problems.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import { until } from '../support/wait.js';
import { query } from './calls.js';
import { addMade, madePeer, madeState } from './made.js';

const issue = (name: CallIssueName, peerId: string | null = null): CallIssue => ({
  name,
  peerId,
  since: 1,
  ended: null,
  count: 1,
  message: `The message of ${name}.`,
});
const text = (key: string, values?: object): string =>
  key.startsWith('issue-') && key !== 'issue-no-media'
    ? key
    : [key, ...Object.values(values ?? {})].join(' ');
const shown = (call: PeerCall): string => query(call, '[part="notice"]')?.textContent?.trim() ?? '';
const heard = (call: PeerCall): string => query(call, '[role="status"]')!.textContent!;

describe('notices of <peer-call>', () => {
  afterEach(() => document.body.replaceChildren());

  it('are what somebody in the call can do something about, the worst first', () => {
    const peers = [madePeer('a', { name: 'Ann' }), madePeer('b', { status: 'reconnecting' })];
    const issues = [
      issue('out-of-sync', 'a'),
      issue('no-media', 'b'),
      issue('no-media', 'a'),
      issue('silent-microphone'),
    ];
    expect(noticesOf(madeState({ peers, issues }), text)).to.deep.equal([
      'The message of silent-microphone.',
      'issue-no-media Ann',
    ]);
    expect(noticesOf(madeState({ peers, reachable: false }), text)).to.deep.equal(['unreachable']);
    expect(noticesOf(madeState({ peers }), text)).to.deep.equal([]);
  });

  it('are shown and said one at a time, until they are read or over', async () => {
    const peers = [madePeer('a')];
    const both = { peers, issues: [issue('low-bandwidth'), issue('silent-microphone')] };
    const { call, show } = await addMade(both);
    expect(shown(call)).to.equal('The message of silent-microphone.');
    expect(heard(call)).to.equal('The message of silent-microphone.');
    await expect(call).to.be.accessible();
    const dismiss = query<HTMLButtonElement>(call, '.notice button')!;
    expect([dismiss.ariaLabel, dismiss.getBoundingClientRect().height >= 44]).to.deep.equal([
      'Dismiss',
      true,
    ]);
    dismiss.click();
    await call.updateComplete;
    expect(shown(call)).to.equal('The message of low-bandwidth.');
    expect(heard(call)).to.equal('The message of low-bandwidth.');
    await show({ peers, issues: [both.issues[1]!] });
    expect(shown(call), 'it was read').to.equal('');
    await show({ peers });
    await show({ peers, issues: [both.issues[1]!] });
    expect(shown(call), 'it is another one').to.equal('The message of silent-microphone.');
  });

  it('are said together with all that happens at once', async () => {
    const { call, show } = await addMade({ peers: [madePeer('a', { name: 'Ann' })] });
    await until(() => heard(call), 'said');
    await show({ reachable: false });
    expect(heard(call)).to.equal('Ann left. No way to the room: nobody new can join at the moment');
  });

  it('say in the words of the page what is out of reach', async () => {
    const { call } = await addMade(
      { reachable: false, issues: [issue('low-bandwidth')] },
      { strings: { unreachable: 'Kein Weg zum Raum', 'issue-low-bandwidth': 'Langsames Netz' } },
    );
    expect(shown(call)).to.equal('Kein Weg zum Raum');
    query<HTMLButtonElement>(call, '.notice button')!.click();
    await call.updateComplete;
    expect(shown(call)).to.equal('Langsames Netz');
  });
});
