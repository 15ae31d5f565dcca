/** The English words of `<device-select>`. */
export const strings = {
  camera: 'Camera',
  microphone: 'Microphone',
  speaker: 'Speaker',
  default: 'System default',
  unnamed: '{kind} {number}',
  other: 'Other…',
  required: 'Choose a device.',
  forbidden: 'Allow its use first: {kind}.',
};
