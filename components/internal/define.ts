/** Registers a tag unless the page already has one of that name: two copies of the kit on one page are fine. */
export function define(tag: string, element: CustomElementConstructor): void {
  if (!customElements.get(tag)) customElements.define(tag, element);
}
