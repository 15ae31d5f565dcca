import SimplePeer from 'simple-peer/simplepeer.min.js';
export { SimplePeer };
