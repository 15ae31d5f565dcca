import { MediaKitError } from '../engine/errors.js';

/** The picture that a video shows, as a file. Rejects with `bad-input` without a picture, with `unsupported` for other types. */
export async function snapshot(
  video: HTMLVideoElement | null,
  type: string,
  quality: number | undefined,
): Promise<Blob> {
  if (!video?.videoWidth || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
    throw new MediaKitError('bad-input', 'There is no picture yet: wait until one is shown.');
  }
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')!.drawImage(video, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality));
  // Browsers write PNG in place of what they do not know.
  if (blob?.type === type) return blob;
  throw new MediaKitError(
    'unsupported',
    `This browser writes no "${type}": ask for image/png, image/jpeg or image/webp.`,
  );
}
