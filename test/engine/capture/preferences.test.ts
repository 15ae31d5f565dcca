import { expect } from '@open-wc/testing';
import { readPreferences, remember } from '../../../components/engine/capture/preferences.js';

const KEY = 'rtc-elements.devices';

describe('preferences', () => {
  beforeEach(() => localStorage.removeItem(KEY));
  afterEach(() => localStorage.removeItem(KEY));

  it('adds to what was remembered', () => {
    expect(Object.values(readPreferences()).filter(Boolean)).to.deep.equal([]);
    remember({ camera: 'a', volume: 0 });
    remember({ microphone: 'b' });
    const { camera, microphone, volume } = readPreferences();
    expect([camera, microphone, volume]).to.deep.equal(['a', 'b', 0]);
  });

  it('takes nothing that makes no sense', () => {
    for (const text of ['', 'null', '7', '[]', '{', '{"camera":7,"volume":2,"speaker":""}']) {
      localStorage.setItem(KEY, text);
      const values = Object.values(readPreferences()).filter((value) => value !== undefined);
      expect(values, text).to.deep.equal([]);
    }
  });
});
