import './call-chat/define.js';
import './device-select/define.js';
import './media-generator/define.js';
import './peer-call/define.js';
import './stream-meter/define.js';
import './stream-preview/define.js';
