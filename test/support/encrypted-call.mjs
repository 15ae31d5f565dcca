/** The tags of a page in which two members of a room are, who encrypt end to end. */
export const encryptedCall = `
    <media-generator id="camera" pattern="ball" tone="sine" width="160" height="120" autostart></media-generator>
    <peer-call room="encrypted" source="camera" end-to-end="true"></peer-call>
    <peer-call room="encrypted" source="camera" end-to-end="true"></peer-call>`;

/**
 * Has the two join. Resolves with `'seen'` once each plays what the other has encrypted, or with the error of the first
 * that cannot join.
 */
export function callEncrypted(page) {
  return page.evaluate(async () => {
    await customElements.whenDefined('peer-call');
    const calls = [...document.querySelectorAll('peer-call')];
    const outcomes = await Promise.all(
      calls.map((call) => {
        call.secret = 'correct horse battery staple';
        return call.join().then(
          () => null,
          ({ code, message }) => ({ code, message }),
        );
      }),
    );
    const failure = outcomes.find(Boolean);
    if (failure) return failure;
    const decoded = async (call) => {
      const [peer] = call.peers;
      const connection = peer && call.getPeerConnection(peer.id);
      if (!connection?.getReceivers().every(({ transform }) => transform)) return 0;
      let frames = 0;
      for (const report of (await connection.getStats()).values())
        if (report.type === 'inbound-rtp') frames += report.framesDecoded ?? 0;
      return frames;
    };
    for (const call of calls) await window.e2e.until(async () => (await decoded(call)) > 9, 'ten pictures');
    const issues = calls.flatMap((call) => call.state.issues.map(({ name }) => name));
    for (const call of calls) call.leave();
    return issues.length ? issues.join() : 'seen';
  });
}
