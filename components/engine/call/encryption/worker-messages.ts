import type { FrameSender, KeyPart } from './sender-key.js';
import type { FrameTrouble } from './verdict.js';

/** What the page asks of the worker. */
export type FrameRequest =
  | {
      readonly type: 'begin';
      /** An HKDF key made of the secret: it cannot be read, not even by the page. */
      readonly material: CryptoKey;
      readonly room: string;
      readonly self: FrameSender;
    }
  /** Our own frames are encrypted with this from now on. */
  | ({ readonly type: 'use' } & KeyPart)
  /** What another member encrypts with. */
  | ({ readonly type: 'learn'; readonly sender: FrameSender } & KeyPart)
  /** The connection of that number leads to a member. */
  | { readonly type: 'assign'; readonly connection: number; readonly peer: string }
  /** A member is gone. */
  | { readonly type: 'forget'; readonly peer: string };

/** What the worker tells the page. */
export type FrameAnswer =
  /** It runs. */
  | { readonly type: 'ready' }
  /** What is wrong with what comes from a peer in one of its tracks now, or null. */
  | {
      readonly type: 'trouble';
      readonly peer: string;
      readonly pipe: number;
      readonly trouble: FrameTrouble | null;
    }
  /** A frame of ours was not sent, because its codec cannot be encrypted. */
  | { readonly type: 'codec'; readonly mimeType: string };

/** What a transform is made with: of what we send, or of what comes over the connection of that number. */
export type TransformOptions =
  { readonly direction: 'send' } | { readonly direction: 'receive'; readonly connection: number };
