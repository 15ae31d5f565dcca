import type { CSSResult, LitElement } from 'lit';

/** Gives an element its styles in the document that it is in now. */
export function dress(element: LitElement): void {
  const { shadowRoot, ownerDocument } = element;
  const { defaultView } = ownerDocument;
  // Not drawn yet, or where nobody looks.
  if (!shadowRoot || !defaultView) return;
  const { elementStyles } = element.constructor as typeof LitElement;
  shadowRoot.adoptedStyleSheets = elementStyles.map((styles) => {
    const sheet = new defaultView.CSSStyleSheet();
    sheet.replaceSync((styles as CSSResult).cssText);
    return sheet;
  });
}
