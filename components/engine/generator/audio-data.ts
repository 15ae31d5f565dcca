import type { Sound } from './input.js';

/** The sound as the platform knows it; `timestamp` is in microseconds. */
export function toAudioData({ channels, rate }: Sound, timestamp: number): AudioData {
  const numberOfFrames = channels[0]!.length;
  const data = new Float32Array(numberOfFrames * channels.length);
  channels.forEach((samples, channel) => data.set(samples, channel * numberOfFrames));
  return new AudioData({
    format: 'f32-planar',
    sampleRate: rate,
    numberOfFrames,
    numberOfChannels: channels.length,
    timestamp,
    data,
  });
}
