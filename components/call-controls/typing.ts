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
  ...roles.map((role) => `[role=${role}]`),
].join();

/** Whether a key is meant for where it is pressed, or belongs to the browser or another script. */
export function isTaken(event: KeyboardEvent): boolean {
  const { ctrlKey, altKey, metaKey, repeat, isComposing, defaultPrevented } = event;
  const path = event.composedPath();
  return (
    ctrlKey ||
    altKey ||
    metaKey ||
    repeat ||
    isComposing ||
    defaultPrevented ||
    isSealed(path[0]!) ||
    path.some((place) => place instanceof Element && (place.matches(fields) || isEditable(place)))
  );
}

/** Nobody sees into an element with a closed shadow root: there may be a field in it. */
const isSealed = (place: EventTarget): boolean =>
  place instanceof Element && place.localName.includes('-') && !place.shadowRoot;

const isEditable = (place: Element): boolean => (place as HTMLElement).isContentEditable;
