/**
 * Runs in the tested page, before its own scripts: must stand alone. Puts `window.e2e` there, the eyes and ears of the
 * end-to-end tests.
 */
export function installHelpers() {
  // Not among the timers that `installCounters` counts.
  const { setTimeout } = window;
  const later = (run, delay) => setTimeout.call(window, run, delay);

  async function until(condition, what = String(condition), timeout = 15_000) {
    const end = performance.now() + timeout;
    for (;;) {
      const answer = await condition();
      if (answer) return answer;
      if (performance.now() > end) throw new Error(`not within ${timeout} ms: ${what}`);
      await new Promise((resolve) => later(resolve, 20));
    }
  }

  const call = () => document.querySelector('peer-call');
  const peer = (name) => call()?.peers.find((one) => one.name === name);

  function* videos(node) {
    for (const element of node.querySelectorAll('*')) {
      if (element.localName === 'video') yield element;
      if (element.shadowRoot) yield* videos(element.shadowRoot);
    }
  }

  /** The element in which the page shows this stream. */
  function videoOf(stream) {
    const tracks = stream?.getVideoTracks() ?? [];
    const shows = ({ srcObject }) => srcObject?.getVideoTracks().some((track) => tracks.includes(track));
    return [...videos(document)].find(shows);
  }

  /** The element in which the page shows this peer. */
  const tileVideo = (name) => videoOf(peer(name)?.stream);

  const painter = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  /** The red, green and blue at a place given in parts of the picture. */
  function pixel(video, x = 0.5, y = 0.2) {
    const { videoWidth, videoHeight } = video;
    painter.drawImage(video, x * videoWidth, y * videoHeight, 1, 1, 0, 0, 1, 1);
    return [...painter.getImageData(0, 0, 1, 1).data].slice(0, 3);
  }

  /** Resolves with whether the element has shown another picture within a second. */
  const frame = (video) =>
    Promise.race([
      new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(true))),
      new Promise((resolve) => later(() => resolve(false), 1_000)),
    ]);

  const near = (one, other) => one.every((value, at) => Math.abs(value - other[at]) < 48);

  /** Resolves when five new decoded frames of the peer were shown and the last is of this colour. */
  async function sees(name, colour) {
    let last;
    let frames = 0;
    await until(async () => {
      const video = tileVideo(name);
      if (!video || !(await frame(video))) return false;
      frames++;
      last = pixel(video);
      return frames >= 5 && near(last, colour);
    }, `${name} in [${colour}]`).catch((error) => {
      const at = peer(name);
      throw new Error(
        `${error.message}; ${frames} frames, last [${last}], ${at ? at.connectionState : 'no such peer'}`,
      );
    });
    return last;
  }

  /** Resolves when the page has shown four different pictures of the stream. */
  async function moves(stream) {
    const shown = new Set();
    const sketch = new OffscreenCanvas(32, 18).getContext('2d', { willReadFrequently: true });
    await until(async () => {
      const video = videoOf(stream);
      if (!video || !(await frame(video))) return false;
      sketch.drawImage(video, 0, 0, 32, 18);
      shown.add(sketch.getImageData(0, 0, 32, 18).data.join());
      return shown.size >= 4;
    }, 'four different pictures');
  }

  /** Resolves with the loudest sample of the peer's sound once it is above silence. */
  async function hears(name) {
    const has = () => peer(name)?.stream?.getAudioTracks().length && peer(name).stream;
    return loudness(await until(has, `${name}'s sound`), name);
  }

  /** Resolves with the loudest sample of the stream's sound once it is above silence. */
  async function loudness(stream, what = 'the stream', threshold = 0.005) {
    const context = new AudioContext();
    try {
      const analyser = context.createAnalyser();
      await context.resume();
      const samples = new Float32Array(analyser.fftSize);
      let heard;
      let source;
      return await until(() => {
        // A source keeps to the track that was there first, and a new connection brings another one in the same stream.
        const [track] = stream.getAudioTracks();
        if (track && track !== heard) {
          heard = track;
          source?.disconnect();
          source = context.createMediaStreamSource(stream);
          source.connect(analyser);
        }
        analyser.getFloatTimeDomainData(samples);
        const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
        return loudest > threshold && loudest;
      }, `${what} above silence`);
    } finally {
      await context.close();
    }
  }

  /** Resolves with how each generator of the page works, once all that it makes is seen and heard. */
  function works() {
    const generators = [...document.querySelectorAll('media-generator')];
    return Promise.all(
      generators.map(async (generator) => {
        const stream = await until(() => generator.stream, 'a stream');
        if (generator.videoTrack) await moves(stream);
        if (generator.audioTrack) await loudness(stream);
        return until(() => generator.activeBackend, 'a backend');
      }),
    );
  }

  /** What a call that was placed has told of: errors by code and message, issues as they begin and end, and who has left by name. */
  const told = { errors: [], issues: [], departures: [] };

  function make(tag, attributes) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }

  /**
   * A generator and a `<peer-call>` with these attributes that is to send it, as a page's author would write them. The call
   * has not joined: it can still be given what no attribute takes.
   */
  async function place(attributes, camera = {}) {
    await customElements.whenDefined('peer-call');
    const generator = make('media-generator', {
      id: 'camera',
      pattern: 'solid',
      tone: 'sine',
      width: 320,
      height: 180,
      'frame-rate': 15,
      autostart: '',
      ...camera,
    });
    const placed = make('peer-call', { source: 'camera', ...attributes });
    placed.addEventListener('error', ({ error: { code, message } }) => told.errors.push({ code, message }));
    placed.addEventListener('call-issue', ({ issue: { name, peerId, count, ended } }) =>
      told.issues.push({ name, peerId, count, ended }),
    );
    placed.addEventListener('peer-leave', ({ peer }) => told.departures.push(peer.name));
    document.body.append(generator, placed);
    return placed;
  }

  /** The same, and it joins. */
  async function enter(attributes, camera) {
    const placed = await place(attributes, camera);
    await placed.join();
  }

  /** Resolves when exactly these peers are there and connected. */
  const meets = (...names) =>
    until(() => {
      const peers = call().peers.filter(({ connectionState }) => connectionState === 'connected');
      return (
        call().peers.length === names.length &&
        peers
          .map(({ name }) => name)
          .sort()
          .join() === names.sort().join()
      );
    }, `connected with ${names}`);

  const violations = [];
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) =>
    violations.push(`${effectiveDirective}: ${sample || blockedURI}`),
  );

  window.e2e = {
    until,
    call,
    peer,
    tileVideo,
    frame,
    pixel,
    near,
    sees,
    loudness,
    hears,
    works,
    told,
    place,
    enter,
    meets,
    violations,
  };
}

/** Runs in the tested page after `installHelpers`: `e2e.left()` says what is alive of all that can be left behind. */
export function installCounters() {
  const { setTimeout, setInterval, clearTimeout, clearInterval } = window;
  // Weakly held, so that counting keeps nothing alive.
  const kept = {
    connections: new Set(),
    tracks: new Set(),
    sockets: new Set(),
    channels: new Set(),
    workers: new Set(),
    contexts: new Set(),
  };
  const ended = new WeakSet();
  const timers = new Map();
  const keep = (kind, object) => kept[kind].add(new WeakRef(object));
  const keepTracks = (stream) => stream.getTracks().forEach((track) => keep('tracks', track));

  function counted(name, made) {
    const Native = window[name];
    if (!Native) return;
    window[name] = new Proxy(Native, {
      construct(target, args, newTarget) {
        const object = Reflect.construct(target, args, newTarget);
        made(object);
        return object;
      },
    });
  }
  counted('RTCPeerConnection', (connection) => {
    keep('connections', connection);
    connection.addEventListener('track', ({ track }) => keep('tracks', track));
  });
  counted('WebSocket', (socket) => keep('sockets', socket));
  // Neither tells whether it has ended.
  for (const [name, kind, method] of [
    ['BroadcastChannel', 'channels', 'close'],
    ['Worker', 'workers', 'terminate'],
  ]) {
    const native = window[name].prototype[method];
    window[name].prototype[method] = function () {
      ended.add(this);
      native.call(this);
    };
    counted(name, (object) => keep(kind, object));
  }
  counted('AudioContext', (context) => keep('contexts', context));
  counted('MediaStreamTrackGenerator', (track) => keep('tracks', track));
  function wrapped(holder, method, after) {
    const native = holder?.[method];
    if (!native) return;
    holder[method] = function (...args) {
      const answer = native.apply(this, args);
      after(answer);
      return answer;
    };
  }
  wrapped(window.HTMLCanvasElement.prototype, 'captureStream', keepTracks);
  wrapped(window.MediaStreamTrack.prototype, 'clone', (track) => keep('tracks', track));
  wrapped(window.AudioContext.prototype, 'createMediaStreamDestination', ({ stream }) => keepTracks(stream));
  // There is none on a page that is not secure.
  wrapped(window.MediaDevices?.prototype, 'getUserMedia', (asked) => asked.then(keepTracks, () => {}));
  window.setTimeout = (run, delay, ...args) => {
    const id = setTimeout.call(window, (...given) => (timers.delete(id), run(...given)), delay, ...args);
    timers.set(id, new Error(`setTimeout ${delay}`).stack);
    return id;
  };
  window.setInterval = (run, delay, ...args) => {
    const id = setInterval.call(window, run, delay, ...args);
    timers.set(id, new Error(`setInterval ${delay}`).stack);
    return id;
  };
  window.clearTimeout = window.clearInterval = (id) => {
    timers.delete(id);
    clearTimeout.call(window, id);
    clearInterval.call(window, id);
  };

  const alive = (kind, lives) =>
    [...kept[kind]].map((one) => one.deref()).filter((one) => one && lives(one)).length;
  /** What is still alive. */
  const left = () => ({
    connections: alive('connections', ({ signalingState }) => signalingState !== 'closed'),
    tracks: alive('tracks', ({ readyState }) => readyState === 'live'),
    sockets: alive('sockets', ({ readyState }) => readyState < WebSocket.CLOSED),
    channels: alive('channels', (channel) => !ended.has(channel)),
    workers: alive('workers', (worker) => !ended.has(worker)),
    contexts: alive('contexts', ({ state }) => state !== 'closed'),
    timers: timers.size,
  });

  Object.assign(window.e2e, { left, timers });
}
