import { expect } from '@open-wc/testing';
import { UNTOUCHED } from '../../../components/engine/call/encodings.js';
import { SenderParameters, type SendingWish } from '../../../components/engine/call/sender-parameters.js';

/** A sender whose answers are given by hand, and which takes one request at a time. */
class SlowSender {
  given: RTCRtpSendParameters = {
    codecs: [],
    encodings: [{ active: true }],
    headerExtensions: [],
    rtcp: {},
    transactionId: '',
  };
  asked = 0;
  overlaps = 0;
  set = 0;
  /** Answers the request that is under way. */
  answer: ((error?: string) => void) | null = null;

  getParameters(): RTCRtpSendParameters {
    this.asked++;
    return structuredClone(this.given);
  }

  setParameters(parameters: RTCRtpSendParameters): Promise<void> {
    if (this.answer) this.overlaps++;
    this.set++;
    return new Promise((resolve, reject) => {
      this.answer = (error) => {
        this.answer = null;
        if (error) reject(new DOMException('', error));
        else {
          this.given = parameters;
          resolve();
        }
      };
    });
  }

  /** Answers until nothing is asked any longer. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) {
      await Promise.resolve();
      this.answer?.();
    }
  }
}

describe('SenderParameters', () => {
  let sender: SlowSender;
  let missing: number;
  let parameters: SenderParameters;
  const { warn } = console;
  const warnings: string[] = [];

  const wish = (given: Partial<SendingWish> = {}): SendingWish => ({ ...UNTOUCHED, codecs: [], ...given });

  beforeEach(() => {
    sender = new SlowSender();
    missing = 0;
    parameters = new SenderParameters(sender as unknown as RTCRtpSender, () => missing++);
    warnings.length = 0;
    console.warn = (words: string) => void warnings.push(words);
  });
  afterEach(() => {
    console.warn = warn;
    expect(sender.overlaps, 'requests at the same time').to.equal(0);
  });

  it('sets nothing that is so already, and does not even ask', async () => {
    void parameters.set(wish());
    void parameters.set(wish());
    await sender.settle();
    expect([sender.asked, sender.set]).to.deep.equal([0, 0]);
    for (let time = 0; time < 3; time++) {
      void parameters.set(wish({ maxBitrate: 1000 }));
      await sender.settle();
    }
    expect([sender.asked, sender.set]).to.deep.equal([1, 1]);
  });

  it('takes away what is left to the browser again', async () => {
    const given = { maxBitrate: 1000, maxFramerate: 5, scaleResolutionDownBy: 2 };
    void parameters.set(wish({ ...given, degradationPreference: 'balanced' }));
    await sender.settle();
    expect(sender.given.encodings[0]).to.deep.equal({ active: true, ...given });
    expect(sender.given.degradationPreference).to.equal('balanced');
    void parameters.set(wish());
    await sender.settle();
    expect(sender.given.encodings[0]).to.deep.equal({ active: true });
    expect('degradationPreference' in sender.given).to.equal(false);
  });

  it('sets one after the other, and of many wishes the last', async () => {
    for (let bitrate = 1; bitrate <= 50; bitrate++) void parameters.set(wish({ maxBitrate: bitrate }));
    await sender.settle();
    expect(sender.given.encodings[0]!.maxBitrate).to.equal(50);
    expect(sender.set).to.equal(2);
  });

  it('tries again what a negotiation has thwarted, when it is wished again', async () => {
    void parameters.set(wish({ maxBitrate: 1 }));
    void parameters.set(wish({ maxBitrate: 1 }));
    sender.answer!('InvalidModificationError');
    await sender.settle();
    expect(sender.given.encodings[0]!.maxBitrate).to.equal(1);
    void parameters.set(wish({ maxBitrate: 2 }));
    sender.answer!('InvalidModificationError');
    await sender.settle();
    expect(sender.given.encodings[0]!.maxBitrate).to.equal(1);
    void parameters.set(wish({ maxBitrate: 2 }));
    await sender.settle();
    expect(sender.given.encodings[0]!.maxBitrate).to.equal(2);
    expect(warnings).to.deep.equal([]);
  });

  it('is silent about a sender that has stopped, and warns of what nobody expects', async () => {
    void parameters.set(wish({ maxBitrate: 1 }));
    sender.answer!('InvalidStateError');
    await sender.settle();
    sender.given.encodings = [];
    await parameters.set(wish({ maxBitrate: 2 }));
    expect(warnings).to.deep.equal([]);
    sender.given.encodings = [{ active: true }];
    void parameters.set(wish({ maxBitrate: 3 }));
    sender.answer!('OperationError');
    await sender.settle();
    expect(warnings).to.have.length(1);
  });

  it('chooses a codec when it is known what both have', async () => {
    const codecs = ['vp9', 'vp8'];
    void parameters.set(wish({ codecs }));
    await sender.settle();
    expect([sender.set, missing]).to.deep.equal([0, 0]);
    const chosen = (): string | undefined =>
      (sender.given.encodings[0] as { codec?: { mimeType: string } }).codec?.mimeType;
    for (const [agreed, wanted] of [
      [['video/AV1', 'video/VP8'], 'video/VP8'],
      [['video/VP8', 'video/VP9'], 'video/VP9'],
      [['video/AV1'], undefined],
    ] as const) {
      sender.given.codecs = agreed.map((mimeType) => ({ mimeType, clockRate: 90_000, payloadType: 96 }));
      void parameters.set(wish({ codecs }));
      await sender.settle();
      expect(chosen()).to.equal(wanted);
    }
    expect(missing).to.equal(1);
  });
});
