import { MediaKitError } from '../engine/errors.js';

/** What a browser that shows its own list of speakers adds. */
interface SpeakerChooser {
  selectAudioOutput?(): Promise<MediaDeviceInfo>;
}

const chooser = (): SpeakerChooser | undefined =>
  (navigator as unknown as { mediaDevices?: SpeakerChooser }).mediaDevices;

/** Whether the browser has a list of speakers of its own, and shows it before it names any. */
export const hasSpeakerList = (): boolean => chooser()?.selectAudioOutput !== undefined;

/** The id of the speaker that is chosen in the browser's own list, or null. Rejects with `device-not-found`. */
export async function askForSpeaker(): Promise<string | null> {
  try {
    return (await chooser()!.selectAudioOutput!()).deviceId;
  } catch (cause) {
    // Who closes the browser's list has chosen nothing.
    if ((cause as Error).name === 'NotAllowedError') return null;
    throw new MediaKitError('device-not-found', 'The browser offers no speaker: connect one.', { cause });
  }
}
