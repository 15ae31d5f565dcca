import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import WebSocket from 'ws';
import { createRelay } from '../../examples/websocket-relay.js';

describe('the relay of the examples', () => {
  let server, relay;
  before(async () => {
    relay = createRelay();
    server = createServer().on('upgrade', relay.handleUpgrade);
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  after(() => {
    relay.close();
    server.close();
  });

  it('turns away who names no room, at whatever address', { timeout: 10_000 }, async () => {
    for (const path of ['/', '//', '/?room=a', '/?room=a/b&peer=c']) {
      const socket = new WebSocket(`ws://127.0.0.1:${server.address().port}`, {
        finishRequest(request) {
          request.path = path;
          request.end();
        },
      });
      const [code] = await once(socket, 'close');
      assert.equal(code, 1008, path);
    }
  });
});
