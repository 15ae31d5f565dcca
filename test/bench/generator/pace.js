/** Calls back at a rate (per second) from a timer, against deadlines; what is late is skipped. Returns how to stop. */
export function every(rate, tick) {
  const began = performance.now();
  let number = 0;
  let timer;
  const wait = () => {
    const passed = performance.now() - began;
    number = Math.max(number, Math.floor((passed * rate) / 1000)) + 1;
    timer = setTimeout(run, (number * 1000) / rate - passed);
  };
  const run = () => {
    tick();
    wait();
  };
  wait();
  return () => clearTimeout(timer);
}

/** Keeps this thread busy for `ms` of each `period` ms. Returns how to stop. */
export function busy(ms, period) {
  const timer = setInterval(() => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  }, period);
  return () => clearInterval(timer);
}
