import { MediaKitError } from '../errors.js';

/**
 * Plays all of these through one speaker; the empty text is the system's own. Rejects with `unsupported`,
 * `permission-denied` or `device-not-found`, and then they play through `before`.
 */
export async function chooseSpeaker(
  media: readonly HTMLMediaElement[],
  sinkId: string,
  before: string,
): Promise<void> {
  if (!('setSinkId' in HTMLMediaElement.prototype)) {
    const words = 'This browser lets no page choose a speaker: choose it in the system.';
    throw new MediaKitError('unsupported', words);
  }
  try {
    // One that plays there already is not asked: the system may have no speaker at all.
    const others = media.filter((one) => one.sinkId !== sinkId);
    await Promise.all(others.map((one) => one.setSinkId(sinkId)));
  } catch (cause) {
    for (const one of media) one.setSinkId(before).catch(() => {});
    throw (cause as Error).name === 'NotAllowedError'
      ? new MediaKitError('permission-denied', 'This speaker is not allowed: have the user choose it.', {
          cause,
        })
      : new MediaKitError('device-not-found', 'There is no such speaker: choose another.', { cause });
  }
}
