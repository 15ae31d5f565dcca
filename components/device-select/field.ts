import { property } from 'lit/decorators.js';
import type { Constructor } from '../internal/constructor.js';
import type { KitElement } from '../internal/kit-element.js';

/** What a field of a form offers, in the words of `<select>`. */
export declare class FieldElement {
  protected get off(): boolean;
  protected nameWith(label: string): string;
  protected tellForm(value: string, missing: string, anchor: HTMLElement): void;
  name: string | null;
  required: boolean;
  disabled: boolean;
  get form(): HTMLFormElement | null;
  get validity(): ValidityState;
  get validationMessage(): string;
  get willValidate(): boolean;
  checkValidity(): boolean;
  reportValidity(): boolean;
}

/** Makes an element a field of a form. */
export function Field<T extends Constructor<KitElement>>(Superclass: T) {
  abstract class FieldClass extends Superclass {
    /** @internal */
    static readonly formAssociated = true;

    /** The name of the field in its form. */
    @property({ reflect: true }) name: string | null = null;
    /** A form is valid only with a device. */
    @property({ type: Boolean, reflect: true }) required = false;
    /** Nothing can be chosen. */
    @property({ type: Boolean, reflect: true }) disabled = false;

    #formDisabled = false;

    /** The form that it is a field of. */
    get form(): HTMLFormElement | null {
      return this.internals.form;
    }

    /** As on `<select>`. */
    get validity(): ValidityState {
      return this.internals.validity;
    }

    /** As on `<select>`. */
    get validationMessage(): string {
      return this.internals.validationMessage;
    }

    /** As on `<select>`. */
    get willValidate(): boolean {
      return this.internals.willValidate;
    }

    /** As on `<select>`. */
    checkValidity(): boolean {
      return this.internals.checkValidity();
    }

    /** As on `<select>`. */
    reportValidity(): boolean {
      return this.internals.reportValidity();
    }

    /** @internal */
    formDisabledCallback(disabled: boolean): void {
      this.#formDisabled = disabled;
      this.requestUpdate();
    }

    /** @internal Whether it is disabled, by itself or by what it is in. */
    protected get off(): boolean {
      return this.disabled || this.#formDisabled;
    }

    /** @internal What a label on the page says goes before its own: such a label names the element, not what is in it. */
    protected nameWith(label: string): string {
      const labels = [...(this.internals.labels as NodeListOf<Element>)];
      const words = [...labels.map(({ textContent }) => textContent.trim()), label];
      return words.filter(Boolean).join(' ');
    }

    /** @internal Gives its form a value; the empty text is none. `missing`: what to say where one is required and missing. */
    protected tellForm(value: string, missing: string, anchor: HTMLElement): void {
      this.internals.setFormValue(value || null, value);
      this.internals.setValidity(missing ? { valueMissing: true } : {}, missing, anchor);
    }
  }
  return FieldClass as unknown as T & Constructor<FieldElement> & { readonly formAssociated: true };
}
