/** An address under which the page can save a file, for as long as it is the last one. */
export class FileLink {
  #file: File | null = null;
  #url: string | null = null;

  /** The address of the file, made when it is first asked for; null for none. */
  of(file: File | null): string | null {
    if (file !== this.#file) this.release();
    this.#file = file;
    return (this.#url ??= file && URL.createObjectURL(file));
  }

  release(): void {
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = this.#file = null;
  }
}
