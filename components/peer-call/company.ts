/** What the screen of a call needs once somebody else is there. It is loaded then. */
export { styles } from './company.styles.js';
export { arrangement } from './arrangement.js';
export { largeTile } from './large-tile.js';
export { Notices, renderNotice, renderPlayButton } from './problems.js';
export { renderMarks, renderPin, renderStatus } from './tile-company.js';
export { Viewing } from './viewing.js';
