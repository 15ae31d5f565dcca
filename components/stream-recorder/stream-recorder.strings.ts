/** What `<stream-recorder>` says in English. `error-<code>` may be added to replace the message of an error. */
export const strings = {
  label: 'Recorder',
  record: 'Record',
  stop: 'Stop',
  pause: 'Pause',
  resume: 'Resume',
  save: 'Save',
  'save-file': 'Save {file}',
  empty: 'Nothing to record yet',
  inactive: 'Ready to record',
  recording: 'Recording',
  paused: 'Paused',
  saving: 'Saving the recording…',
  done: 'Recorded',
} as const;
