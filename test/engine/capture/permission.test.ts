import { expect } from '@open-wc/testing';
import {
  capturePermission,
  featuresOf,
  PermissionWatch,
  type PermissionFacts,
} from '../../../components/engine/capture/permission.js';
import { refusalOf } from '../../../components/engine/capture/refusal.js';
import type { CaptureOptions } from '../../../components/engine/capture/request.js';
import { MediaKitError } from '../../../components/engine/errors.js';
import { camera, FakeDevices } from '../../support/fake-devices.js';

describe('permission to capture', () => {
  const table: [facts: Partial<PermissionFacts>, permission: string][] = [
    [{}, 'unknown'],
    [{ queried: [null] }, 'unknown'],
    [{ queried: ['granted', null] }, 'unknown'],
    [{ queried: ['granted', 'prompt'] }, 'prompt'],
    [{ queried: ['granted', 'granted'] }, 'granted'],
    [{ queried: ['denied', 'prompt'] }, 'denied'],
    [{ queried: ['prompt'], refusal: 'dismissed' }, 'dismissed'],
    [{ queried: ['granted'], refusal: 'denied-by-system' }, 'denied-by-system'],
    [{ queried: ['prompt'], policy: false }, 'denied-by-policy'],
    [{ queried: ['prompt'], live: true }, 'granted'],
  ];
  for (const [facts, permission] of table) {
    it(`is ${permission} for ${JSON.stringify(facts)}`, () => {
      const nothing = { live: false, policy: true, refusal: null, queried: [] };
      expect(capturePermission({ ...nothing, ...facts })).to.equal(permission);
    });
  }

  const features: [options: CaptureOptions, names: string[]][] = [
    [{ kind: 'user' }, ['camera', 'microphone']],
    [{ kind: 'environment', video: true }, ['camera']],
    [{ kind: 'user', audio: true }, ['microphone']],
    [{ kind: 'user', video: true, constraints: { audio: true } }, ['microphone']],
    [{ kind: 'display', audio: true }, ['display-capture']],
  ];
  for (const [options, names] of features) {
    it(`needs ${names.join(' and ')} for ${JSON.stringify(options)}`, () => {
      expect(featuresOf(options)).to.deep.equal(names);
    });
  }

  const refusals: [name: string, message: string, refusal: string | null][] = [
    ['NotAllowedError', 'Permission dismissed', 'dismissed'],
    ['NotAllowedError', 'Permission denied by system', 'denied-by-system'],
    ['NotAllowedError', 'Permission denied', 'denied'],
    ['SecurityError', '', 'denied'],
    ['NotFoundError', '', null],
    ['InvalidStateError', '', null],
  ];
  for (const [name, message, refusal] of refusals) {
    it(`reads "${refusal}" out of ${name} ${message}`, () => {
      expect(refusalOf(new DOMException(message, name), ['camera'])).to.equal(refusal);
    });
  }

  it('reads the policy of the page around it', () => {
    const { featurePolicy } = document as { featurePolicy?: object };
    Object.defineProperty(document, 'featurePolicy', {
      configurable: true,
      value: { allowsFeature: (name: string) => name !== 'camera' },
    });
    const thrown = new DOMException('Permission denied', 'NotAllowedError');
    expect(refusalOf(thrown, ['camera'])).to.equal('denied-by-policy');
    expect(refusalOf(thrown, ['microphone'])).to.equal('denied');
    delete (document as { featurePolicy?: object }).featurePolicy;
    expect((document as { featurePolicy?: object }).featurePolicy === featurePolicy).to.equal(true);
  });

  describe('PermissionWatch', () => {
    let devices: FakeDevices;
    let life: AbortController;
    let told: string[];
    let watch: PermissionWatch;

    beforeEach(() => {
      devices = new FakeDevices(camera('a'));
      devices.permit('camera', 'prompt');
      life = new AbortController();
      told = [];
      watch = new PermissionWatch();
      watch.store.subscribe(({ permission }) => told.push(permission));
    });

    afterEach(() => {
      life.abort();
      devices.release();
    });

    it('hears of each change, and asks nobody', async () => {
      await watch.follow(['camera'], life.signal);
      devices.permit('camera', 'denied');
      devices.permit('camera', 'granted');
      expect(told).to.deep.equal(['prompt', 'denied', 'granted']);
      expect(devices.asked.length).to.equal(0);
    });

    it('forgets a refusal when something else is decided', async () => {
      await watch.follow(['camera'], life.signal);
      const cause = new DOMException('Permission dismissed', 'NotAllowedError');
      watch.tell(false, new MediaKitError('permission-dismissed', '', { cause }));
      devices.permit('camera', 'granted');
      watch.tell(true, null);
      watch.tell(false, null);
      expect(told).to.deep.equal(['prompt', 'dismissed', 'granted']);
    });

    it('is silent after the end', async () => {
      await watch.follow(['camera'], life.signal);
      life.abort();
      devices.permit('camera', 'granted');
      expect(told).to.deep.equal(['prompt']);
    });

    it('knows nothing of displays', async () => {
      await watch.follow(['display-capture'], life.signal);
      expect(watch.store.snapshot.permission).to.equal('unknown');
    });
  });
});
