/** What a first track is led through an effect with. It is loaded then. */
export { Pipeline } from './pipeline.js';
export { openTransform } from './transforms.js';
