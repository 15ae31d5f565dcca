/** What is shown: pictures that cannot hold a script. */
const SHOWN = /^image\/(png|jpeg|gif|webp|avif)$/;
/** The largest picture that is shown, in bytes and in pixels. */
const BYTES = 10 * 2 ** 20;
const PIXELS = 40_000_000;

/** The addresses of files that can be saved, and of pictures that can be shown. Each is given back. */
export class FileLinks {
  readonly #changed: () => void;
  readonly #saves = new Map<Blob, string>();
  /** Null where it cannot be shown. */
  readonly #pictures = new Map<Blob, string | null>();

  /** `changed`: another picture can be shown. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Of no type that a browser opens: what a stranger calls a page would be one of ours. */
  save(file: Blob): string {
    return kept(this.#saves, file, () => urlOf(file, 'application/octet-stream'));
  }

  /** Null until it is known that it can be shown, and where it cannot. `type` is what somebody claims. */
  picture(file: Blob, type: string): string | null {
    if (!SHOWN.test(type) || file.size > BYTES) return null;
    if (!this.#pictures.has(file)) this.#measure(file, type);
    return this.#pictures.get(file) ?? null;
  }

  /** Gives back what belongs to other files. */
  keep(files: ReadonlySet<Blob | null>): void {
    for (const urls of [this.#saves, this.#pictures]) {
      for (const [file, url] of urls) {
        if (files.has(file)) continue;
        urls.delete(file);
        if (url) URL.revokeObjectURL(url);
      }
    }
  }

  /** A browser reads the size before it spends memory on the picture. */
  #measure(file: Blob, type: string): void {
    const url = urlOf(file, type);
    const image = new Image();
    const decide = (): void => {
      const { naturalWidth: width, naturalHeight: height } = image;
      const fits = width > 0 && width * height <= PIXELS;
      const wanted = this.#pictures.get(file) === null;
      if (!fits || !wanted) return URL.revokeObjectURL(url);
      this.#pictures.set(file, url);
      this.#changed();
    };
    this.#pictures.set(file, null);
    image.onload = image.onerror = decide;
    image.src = url;
  }
}

const urlOf = (file: Blob, type: string): string => URL.createObjectURL(file.slice(0, file.size, type));

function kept(urls: Map<Blob, string>, file: Blob, make: () => string): string {
  const url = urls.get(file) ?? make();
  urls.set(file, url);
  return url;
}
