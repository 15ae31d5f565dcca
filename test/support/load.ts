import { until } from './wait.js';

export interface LoadingPage {
  readonly document: Document;
  readonly loaded: boolean;
  /** Lets its `load` come, and waits for it. */
  finish(): Promise<void>;
}

/** Runs with a page in a frame whose `load` waits until it is finished. */
export async function withLoadingPage(
  body: string,
  run: (page: LoadingPage) => Promise<void>,
): Promise<void> {
  const frame = document.createElement('iframe');
  let loaded = false;
  frame.addEventListener('load', () => (loaded = true));
  // What is open in a frame of its own holds it back.
  frame.srcdoc = `<!doctype html>
    <iframe></iframe>
    <script>document.querySelector('iframe').contentDocument.open();</script>
    ${body}`;
  document.body.append(frame);
  await until(() => frame.contentDocument?.querySelector('iframe'), 'the page');
  try {
    await run({
      document: frame.contentDocument!,
      get loaded() {
        return loaded;
      },
      finish: async () => {
        frame.contentDocument!.querySelector('iframe')!.contentDocument!.close();
        await until(() => loaded, 'load');
      },
    });
  } finally {
    frame.remove();
  }
}
