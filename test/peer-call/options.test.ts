import { expect } from '@open-wc/testing';
import { iceServersFrom } from '../../components/peer-call/options.js';

const code = (run: () => unknown): string => {
  try {
    run();
    return 'nothing thrown';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('iceServersFrom', () => {
  it('takes a list or its JSON', () => {
    const servers = [
      { urls: 'stun:stun.example.org' },
      { urls: ['turns:a:443', 'turn:b'], username: 'u', credential: 'c' },
    ];
    expect(iceServersFrom(servers)).to.deep.equal(servers);
    expect(iceServersFrom(JSON.stringify(servers))).to.deep.equal(servers);
    for (const nothing of [null, '', '[]', []]) expect(iceServersFrom(nothing)).to.deep.equal([]);
  });

  it('leaves a function to be asked later', () => {
    const given = (): [] => [];
    expect(iceServersFrom(given)).to.equal(given);
  });

  it('refuses all else', () => {
    for (const given of ['[', '{}', '7', '"stun:a"', '[{}]', '[null]', '[{"urls":[]}]', '[{"urls":7}]']) {
      expect(
        code(() => iceServersFrom(given)),
        JSON.stringify(given),
      ).to.equal('bad-input');
    }
  });
});
