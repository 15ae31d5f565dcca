import { MemorySignaling } from '../../../components/engine/signaling/memory.js';
import { signalingContract } from '../../support/signaling-contract.js';

describe('MemorySignaling', () => {
  const signaling = new MemorySignaling();
  signalingContract(() => signaling);
});
