import { define } from '../internal/define.js';
import { CallChat } from './call-chat.js';

define('call-chat', CallChat);
