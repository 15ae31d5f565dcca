/** The English words of `<stream-meter>`. */
export const strings = {
  label: 'Level',
  level: '{level} dB',
  speaking: '{level} dB, speaking',
  silent: 'Silent',
  idle: 'No sound',
  held: 'Not measured before the first click',
  failed: 'Cannot be measured',
};
