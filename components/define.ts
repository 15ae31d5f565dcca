import './media-generator/define.js';
import './peer-call/define.js';
import './stream-preview/define.js';
