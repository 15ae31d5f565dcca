import { define } from '../internal/define.js';
import { PeerCall } from './peer-call.js';

define('peer-call', PeerCall);
