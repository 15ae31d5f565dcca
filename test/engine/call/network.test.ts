import { expect } from '@open-wc/testing';
import { systemNetwork } from '../../../components/engine/call/network.js';

it("the network of the system tells of the browser's own signs, until nobody wants to hear them", () => {
  const told: string[] = [];
  const life = new AbortController();
  systemNetwork((sign) => told.push(sign), life.signal);
  const happen = (): void => {
    for (const type of ['offline', 'online', 'pageshow']) dispatchEvent(new Event(type));
    for (const type of ['visibilitychange', 'resume']) document.dispatchEvent(new Event(type));
  };
  happen();
  expect(told).to.deep.equal(['offline', 'online', 'awake', 'awake', 'awake']);
  life.abort();
  happen();
  expect(told.length).to.equal(5);
});
