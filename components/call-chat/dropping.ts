import { html, nothing, type LitElement, type ReactiveController, type TemplateResult } from 'lit';

/** Files that are held over its host and dropped. */
export class Dropping implements ReactiveController {
  readonly #host: LitElement;
  readonly #dropped: (files: readonly File[]) => void;
  #listening: AbortController | undefined;
  #active = false;

  constructor(host: LitElement, dropped: (files: readonly File[]) => void) {
    this.#host = host;
    this.#dropped = dropped;
    host.addController(this);
  }

  /** Whether files are held over it now. */
  get active(): boolean {
    return this.#active;
  }

  hostConnected(): void {
    const { signal } = (this.#listening = new AbortController());
    this.#host.addEventListener('dragover', (event) => this.#over(event), { signal });
    this.#host.addEventListener('dragleave', (event) => this.#leave(event), { signal });
    this.#host.addEventListener('drop', (event) => this.#drop(event), { signal });
  }

  hostDisconnected(): void {
    this.#listening?.abort();
    this.#active = false;
  }

  /** Lies over all while files are held over it. */
  render(words: string, usable: boolean): TemplateResult | typeof nothing {
    if (!this.#active) return nothing;
    return html`<div class="drop ${usable ? '' : 'useless'}">
      <span>${words}</span>
    </div>`;
  }

  #over(event: DragEvent): void {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    this.#set(true);
  }

  /** To another of its parts is no leaving. */
  #leave({ relatedTarget }: DragEvent): void {
    this.#set(this.#active && this.#host.contains(relatedTarget as Node | null));
  }

  /** Prevented also where nothing can be sent: the browser would open the file in place of the page. */
  #drop(event: DragEvent): void {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    this.#set(false);
    this.#dropped([...event.dataTransfer!.files]);
  }

  #set(active: boolean): void {
    if (active === this.#active) return;
    this.#active = active;
    this.#host.requestUpdate();
  }
}

const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;
