/** What takes letters, by itself or by what its role promises. */
const fields = [
  'input:not([type=button], [type=checkbox], [type=color], [type=file], [type=image])' +
    ':not([type=radio], [type=range], [type=reset], [type=submit])',
  'textarea',
  'select',
  '[contenteditable]:not([contenteditable=false])',
  ...['application', 'combobox', 'grid', 'listbox', 'menu', 'menubar', 'searchbox', 'spinbutton'].map(withRole),
  ...['textbox', 'tree', 'treegrid'].map(withRole),
].join();

function withRole(role: string): string {
  return `[role=${role}]`;
}

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
