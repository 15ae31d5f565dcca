import { expect } from '@open-wc/testing';
import { adopt } from '../../../components/engine/generator/own-track.js';
import { until } from '../../support/wait.js';

const kinds = {
  canvas: () => document.createElement('canvas').captureStream(0).getVideoTracks()[0]!,
  graph: () => new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0]!,
};

for (const [name, create] of Object.entries(kinds)) {
  describe(`A track of ours, of a ${name}`, () => {
    function open(settings?: () => MediaTrackSettings) {
      const track = create();
      const told: string[] = [];
      const source = adopt(track, { ended: () => told.push('ended'), settings });
      return { track, told, source };
    }

    const heard = (track: MediaStreamTrack): string[] => {
      const events: string[] = [];
      for (const type of ['mute', 'unmute', 'ended']) {
        track.addEventListener(type, ({ target }) => events.push(`${type}${target === track ? '' : '?'}`));
      }
      track.onended = () => events.push('onended');
      track.onmute = () => events.push('onmute');
      return events;
    };

    it('tells when the last of its clones was stopped, once', () => {
      const { track, told, source } = open();
      const clone = track.clone();
      const second = clone.clone();
      track.stop();
      clone.stop();
      clone.stop();
      expect([told, source.live]).to.deep.equal([[], true]);
      second.stop();
      second.stop();
      expect([told, source.live, track.clone().readyState]).to.deep.equal([['ended'], false, 'ended']);
    });

    it('fires no "ended" at a stop, as the platform', async () => {
      const { track } = open();
      const events = heard(track);
      track.stop();
      await new Promise((resolve) => setTimeout(resolve, 0));
      expect(events).to.deep.equal([]);
    });

    it('fires "ended" on each live track at its end, and tells nobody else', () => {
      const { track, told, source } = open();
      const clones = [track.clone(), track.clone()] as const;
      const events = [track, ...clones].map(heard);
      clones[1].stop();
      source.end();
      source.end();
      expect(events.map((list) => list.sort())).to.deep.equal([
        ['ended', 'onended'],
        ['ended', 'onended'],
        [],
      ]);
      expect([track.readyState, clones[0].readyState, told]).to.deep.equal(['ended', 'ended', []]);
    });

    it('mutes all live tracks in one task, with events', async () => {
      const { track, source } = open();
      const clone = track.clone();
      const events = [heard(track), heard(clone)];
      source.muted = true;
      source.muted = false;
      source.muted = true;
      expect([source.muted, track.muted, events]).to.deep.equal([true, false, [[], []]]);
      await until(() => track.muted);
      expect([clone.muted, track.clone().muted]).to.deep.equal([true, true]);
      source.muted = false;
      await until(() => !track.muted);
      expect(events[0]!.sort()).to.deep.equal(['mute', 'onmute', 'unmute']);
      expect(events[1]!.sort()).to.deep.equal(['mute', 'onmute', 'unmute']);
    });

    it('keeps valid content hints, and gives them to clones', () => {
      const { track } = open();
      const [hint, other] = track.kind === 'video' ? ['detail', 'music'] : ['speech', 'motion'];
      expect(track.contentHint).to.equal('');
      track.contentHint = hint!;
      track.contentHint = other!;
      const clone = track.clone();
      clone.contentHint = '';
      expect([track.contentHint, track.clone().contentHint, clone.contentHint]).to.deep.equal([
        hint,
        hint,
        '',
      ]);
    });

    it('answers settings that the browser does not know', () => {
      const { track } = open(() => ({ width: 320, height: 240, frameRate: 15, sampleRate: 8000 }));
      for (const { width, frameRate, sampleRate } of [track.getSettings(), track.clone().getSettings()]) {
        expect([width, frameRate, sampleRate]).to.deep.equal([320, 15, 8000]);
      }
    });

    it('takes listeners away again', () => {
      const { track, source } = open();
      let calls = 0;
      const listener = (): void => void calls++;
      track.addEventListener('ended', listener);
      track.addEventListener('ended', listener);
      track.removeEventListener('ended', listener);
      source.end();
      expect(calls).to.equal(0);
    });
  });
}
