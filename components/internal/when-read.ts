/** Runs it when the page is read and the script that is at work now is done. */
export function whenRead(run: () => void): void {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', run, { once: true });
  else setTimeout(run);
}
