/** What takes letters by what its role promises. */
const roles = [
  ...['application', 'combobox', 'grid', 'listbox', 'menu', 'menubar', 'searchbox', 'spinbutton', 'textbox'],
  ...['tree', 'treegrid'],
];
const wordless = ['button', 'checkbox', 'color', 'file', 'image', 'radio', 'range', 'reset', 'submit'];
const fields = [
  `input:not(${wordless.map((type) => `[type=${type}]`).join()})`,
  'textarea',
  'select',
  '[contenteditable]:not([contenteditable=false])',
  ...roles.map((role) => `[role=${role}]`),
].join();

/** Whether a key is meant for where it is pressed, or belongs to the browser or another script. */
export function isTaken(event: KeyboardEvent): boolean {
  const { ctrlKey, altKey, metaKey, repeat, isComposing, defaultPrevented } = event;
  return (
    ctrlKey ||
    altKey ||
    metaKey ||
    repeat ||
    isComposing ||
    defaultPrevented ||
    event.composedPath().some((place) => place instanceof Element && place.matches(fields))
  );
}
