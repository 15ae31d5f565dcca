/** The pictures of the others, as they are seen: shown here, or by an element of its own that hands in its videos. */
export class Pictures {
  #screen;
  #watched = new Set();
  /** When the first frame of each was shown. */
  #firsts = [];
  #waiting = [];

  /** Shows our own picture; resolves with its first frame. */
  own(stream) {
    this.#screen = document.createElement('div');
    this.#screen.className = 'screen';
    document.body.append(this.#screen);
    return new Promise((resolve) => this.#show(stream, true).requestVideoFrameCallback(resolve));
  }

  /** Shows and plays what comes from another. */
  show(stream) {
    this.watch(this.#show(stream, false));
  }

  watch(video) {
    if (this.#watched.has(video)) return;
    this.#watched.add(video);
    video.requestVideoFrameCallback(() => {
      this.#firsts.push(performance.now());
      this.#told();
    });
    this.#told();
  }

  /** Resolves with the time when the first frames of so many were shown. */
  first(count) {
    return this.#until(() => this.#firsts[count - 1]);
  }

  /** Resolves when one is shown that comes from now on. */
  next() {
    let came;
    const asked = new Set();
    return this.#until(() => {
      for (const video of this.#watched) {
        if (asked.has(video)) continue;
        asked.add(video);
        video.requestVideoFrameCallback(() => {
          came = performance.now();
          this.#told();
        });
      }
      return came;
    });
  }

  get frames() {
    let frames = 0;
    for (const video of this.#watched) frames += video.getVideoPlaybackQuality().totalVideoFrames;
    return frames;
  }

  #show(stream, muted) {
    const video = document.createElement('video');
    Object.assign(video, { muted, autoplay: true, srcObject: stream });
    const tile = document.createElement('div');
    tile.className = 'tile';
    tile.append(video);
    this.#screen.prepend(tile);
    const count = Math.max(2, this.#screen.childElementCount);
    this.#screen.style.setProperty('--columns', Math.ceil(Math.sqrt(count)));
    return video;
  }

  #until(condition) {
    return new Promise((resolve) => {
      const check = () => {
        const answer = condition();
        if (answer !== undefined) resolve(answer);
        return answer !== undefined;
      };
      if (!check()) this.#waiting.push(check);
    });
  }

  #told() {
    this.#waiting = this.#waiting.filter((check) => !check());
  }
}
