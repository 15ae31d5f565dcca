import type { MediaKitError } from '../engine/errors.js';
import type { Text } from './call-chat.strings.js';
import type { Entry, Message, Person, SharedFile } from './conversation.js';
import type { FileLinks } from './file-links.js';
import type * as Files from './files.js';
import type { Formats } from './formats.js';
import type { Sizes } from './sizes.js';

/** What the rows of a chat are drawn from, and what their buttons do. */
export interface ChatView {
  readonly entries: readonly Entry[];
  readonly text: Text;
  readonly formats: Formats;
  /** Null before they are loaded. */
  readonly files: typeof Files | null;
  /** Null while the element is out of the document, too. */
  readonly links: FileLinks | null;
  readonly sizes: Sizes | null;
  readonly explain: (error: MediaKitError) => string;
  /** Whether this member is in the call now. */
  readonly isHere: (person: Person) => boolean;
  readonly retry: (message: Message) => void;
  readonly retryFile: (row: SharedFile) => void;
}
