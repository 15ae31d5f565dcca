// What a page takes of it.
export { Peer } from 'peerjs';
