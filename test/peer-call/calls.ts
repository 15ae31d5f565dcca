import type { PeerCall } from '../../components/peer-call/peer-call.js';
import { until } from '../support/wait.js';

/** A camera of one colour with a microphone that hums, until it is stopped. */
export function camera(color: string, { video = true, audio = true } = {}): MediaStream {
  const stream = new MediaStream();
  if (video) stream.addTrack(picture(color));
  if (audio) stream.addTrack(hum());
  return stream;
}

function picture(color: string): MediaStreamTrack {
  const canvas = document.createElement('canvas');
  canvas.width = 160;
  canvas.height = 90;
  const context = canvas.getContext('2d')!;
  const [track] = canvas.captureStream(15).getVideoTracks();
  const draw = (): void => {
    context.fillStyle = color;
    context.fillRect(0, 0, 160, 90);
    if (track!.readyState === 'live') setTimeout(draw, 50);
  };
  draw();
  return track!;
}

function hum(): MediaStreamTrack {
  const context = new AudioContext();
  const oscillator = context.createOscillator();
  const destination = context.createMediaStreamDestination();
  oscillator.connect(destination);
  oscillator.start();
  void context.resume();
  const [track] = destination.stream.getAudioTracks();
  // A track that its maker stops fires nothing.
  const watch = (): void => {
    if (track!.readyState === 'live') setTimeout(watch, 200);
    else void context.close();
  };
  watch();
  return track!;
}

export function stop(...streams: readonly (MediaStream | null)[]): void {
  for (const stream of streams) for (const track of stream?.getTracks() ?? []) track.stop();
}

let rooms = 0;

/** A room that no other test is in. */
export function newRoom(): string {
  return `test-${crypto.randomUUID()}-${++rooms}`;
}

/** A `<peer-call>` in the document, with its buttons. */
export async function addCall(properties: Partial<PeerCall> = {}): Promise<PeerCall> {
  const call = document.createElement('peer-call');
  Object.assign(call, properties);
  document.body.append(call);
  await call.updateComplete;
  if (call.controls && !call.lobby) await until(() => query(call, '[role="toolbar"]'), 'the buttons');
  return call;
}

/** Two that are connected, each with a stream lent to it. */
export async function connectedPair(
  first: Partial<PeerCall> = {},
  second: Partial<PeerCall> = {},
): Promise<[PeerCall, PeerCall]> {
  const room = newRoom();
  const one = await addCall({ room, name: 'Ann', srcObject: camera('#ff0000'), ...first });
  const two = await addCall({ room, name: 'Ben', srcObject: camera('#0000ff'), ...second });
  await Promise.all([one.join(), two.join()]);
  await until(
    () => one.state.status === 'connected' && two.state.status === 'connected',
    'both are connected',
  );
  return [one, two];
}

export function query<T extends Element = HTMLElement>(call: PeerCall, selector: string): T | null {
  return call.shadowRoot!.querySelector<T>(selector);
}

export function queryAll<T extends Element = HTMLElement>(call: PeerCall, selector: string): T[] {
  return [...call.shadowRoot!.querySelectorAll<T>(selector)];
}

/** The tile of another member. */
export function remoteTile(call: PeerCall): HTMLElement | null {
  return query(call, '[part~="tile"]:not([part~="tile-local"], .placeholder, .screen)');
}

/** Which of red, green and blue the picture mostly is, or an empty text before there is one. */
export function colour(video: HTMLVideoElement | null | undefined): string {
  if (!video?.videoWidth) return '';
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(video, 0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  const most = Math.max(red!, green!, blue!);
  if (most < 100) return '';
  return most === red ? 'red' : most === green ? 'green' : 'blue';
}

/** Runs with `getDisplayMedia()` giving this stream, or failing like this: no test can choose in the browser's own window. */
export async function withDisplay(given: MediaStream | Error, run: () => Promise<unknown>): Promise<void> {
  await withDevices('getDisplayMedia', async () => answer(given), run);
}

/** The same for `getUserMedia()`. */
export async function withDevices(
  method: 'getDisplayMedia' | 'getUserMedia',
  stub: (constraints?: MediaStreamConstraints) => Promise<MediaStream>,
  run: () => Promise<unknown>,
): Promise<void> {
  const devices = navigator.mediaDevices;
  Object.defineProperty(devices, method, { configurable: true, value: stub });
  try {
    await run();
  } finally {
    delete (devices as Partial<MediaDevices>)[method];
  }
}

function answer(given: MediaStream | Error): MediaStream {
  if (given instanceof MediaStream) return given;
  throw given;
}

/** The code of the error that `promise` is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'not rejected';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
