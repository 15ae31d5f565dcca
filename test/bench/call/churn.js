import '../../../dist/cdn/rtc-elements.js';

let rooms = 0;

/** Makes so many calls between two elements of this page, one after the other, and removes them. */
export async function churn(times, stream) {
  for (let time = 0; time < times; time++) {
    const room = `churn-${++rooms}`;
    const calls = [1, 2].map(() => {
      const call = document.createElement('peer-call');
      Object.assign(call, { room, srcObject: stream });
      document.body.append(call);
      return call;
    });
    const met = calls.map(connected);
    await Promise.all(calls.map((call) => call.join()));
    await Promise.all(met);
    for (const call of calls) {
      call.leave();
      call.remove();
    }
    // The browser makes no more connections than these before it has collected some.
    if (time % 50 === 49) window.gc();
  }
}

const connected = (call) =>
  new Promise((resolve) => {
    call.addEventListener('call-state-change', ({ state }) => state.status === 'connected' && resolve());
  });
