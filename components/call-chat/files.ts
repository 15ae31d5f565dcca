/** What the files of a chat need. It is loaded with the first of them. */
export { FileLinks } from './file-links.js';
export { renderFile } from './file-row.js';
export { Sizes } from './sizes.js';
export { styles } from './files.styles.js';
