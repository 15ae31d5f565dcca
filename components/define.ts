import './call-chat/define.js';
import './call-controls/define.js';
import './call-stats/define.js';
import './media-generator/define.js';
import './peer-call/define.js';
import './stream-effect/define.js';
import './stream-preview/define.js';
import './stream-recorder/define.js';
