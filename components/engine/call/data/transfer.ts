import type { MediaKitError } from '../../errors.js';

/**
 * Where a file on its way stands: `offered` until the receiver takes it, `moving` until it is stored and checked, then
 * `done`; or `refused` by the receiver, `aborted` by either, `failed` for the reason in `error`.
 */
export type FileStatus = 'offered' | 'moving' | 'done' | 'refused' | 'aborted' | 'failed';

/** One file on its way to or from one member, as it is now: frozen, another object with the same `id` after each change. */
export interface FileTransfer {
  /** The same at both ends. */
  readonly id: string;
  /** The member at the other end. */
  readonly peerId: string;
  readonly direction: 'in' | 'out';
  /** The name that the sender gave it: text from a stranger, without folders and control characters. */
  readonly name: string;
  /** The media type that the sender claims, or the empty string. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  /** How many bytes the receiver has stored. */
  readonly transferred: number;
  readonly status: FileStatus;
  /** Why it has failed, or null. */
  readonly error: MediaKitError | null;
  /** What is sent, as it was given to `sendFile()`; null for what comes. */
  readonly source: Blob | null;
  /** Gives it up, at both ends. Does nothing once it is over. */
  readonly abort: () => void;
}

export const isOver = ({ status }: Pick<FileTransfer, 'status'>): boolean =>
  status !== 'offered' && status !== 'moving';
