/** The English words of `<device-select>`. */
export const strings = {
  camera: 'Camera',
  microphone: 'Microphone',
  speaker: 'Speaker',
  default: 'System default',
  unnamed: '{kind} {number}',
  other: 'Other…',
  required: 'Choose a device.',
};

/** Looks words up by key and fills `{name}` in. */
export type Text = (key: string, values?: Readonly<Record<string, string | number>>) => string;
