import type { PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';
import type { Constructor } from '../internal/constructor.js';
import type { KitElement } from '../internal/kit-element.js';
import { warnOfOther } from '../internal/wrong-value.js';

/** `grid` shows all alike, `speaker` one of them large. */
export type CallLayout = 'grid' | 'speaker';

/** What an element offers whose tiles can be arranged. */
export declare class ArrangingElement {
  layout: CallLayout;
  pinned: string | null;
  pin(peerId: string | null): void;
}

/** Adds how the tiles are arranged. */
export function Arranging<T extends Constructor<KitElement>>(Superclass: T) {
  abstract class ArrangingClass extends Superclass {
    /** `grid` shows all alike; `speaker` shows one large: the pinned one, a shared screen, or the one who speaks. */
    @property() layout: CallLayout = 'grid';
    /** Id of the member who is shown large whoever speaks, or null; our own id does as well, and `<id>/screen` for the screen that one shares. Counts as long as it is there. */
    @property({ attribute: false }) pinned: string | null = null;

    /** Shows this one large, or with null whoever the layout chooses. */
    pin(peerId: string | null): void {
      this.pinned = peerId;
    }

    protected override willUpdate(changed: PropertyValues): void {
      super.willUpdate(changed);
      if (changed.has('layout'))
        warnOfOther(this, 'layout', this.layout, ['grid', 'speaker'], 'grid is used');
    }
  }
  return ArrangingClass as unknown as Constructor<ArrangingElement> & T;
}
