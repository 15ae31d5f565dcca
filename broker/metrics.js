// @ts-check

/** Every figure: how it behaves, what it says, and the name of what it is split by. */
const figures = /** @type {const} */ ({
  connections: ['gauge', 'Connections that are open.'],
  presences: ['gauge', 'Presences that are kept.'],
  rooms: ['gauge', 'Rooms with a presence.'],
  connections_total: ['counter', 'Connections that were opened.'],
  refused_total: ['counter', 'Connections that were not let in.', 'reason'],
  cut_total: ['counter', 'Connections that were let in and cut off.', 'reason'],
  messages_total: ['counter', 'Messages that came in and were let pass.'],
  bytes_total: ['counter', 'Bytes that came in.'],
});

/** @typedef {keyof typeof figures} Figure */

/** Counts, and tells in the text format of Prometheus. */
export class Metrics {
  /** @type {Map<Figure, Map<string, number>>} */
  #values = new Map();

  /**
   * Adds to a figure, or to a part of it.
   * @param {Figure} figure
   * @param {number} [amount]
   * @param {string} [part]
   */
  add(figure, amount = 1, part = '') {
    const parts = this.#values.get(figure) ?? new Map();
    this.#values.set(figure, parts.set(part, (parts.get(part) ?? 0) + amount));
  }

  /** @param {Partial<Record<Figure, number>>} now Figures that are known elsewhere. */
  text(now = {}) {
    const lines = Object.entries(figures).flatMap(([figure, [kind, words, split]]) => {
      const name = `rtc_elements_broker_${figure}`;
      const known = now[/** @type {Figure} */ (figure)];
      const counted = this.#values.get(/** @type {Figure} */ (figure)) ?? new Map(split ? [] : [['', 0]]);
      const parts = known === undefined ? [...counted] : [['', known]];
      return [
        `# HELP ${name} ${words}`,
        `# TYPE ${name} ${kind}`,
        ...parts.map(([part, value]) => `${name}${part && `{${split}=${JSON.stringify(part)}}`} ${value}`),
      ];
    });
    const { rss } = process.memoryUsage();
    return [
      ...lines,
      '# TYPE process_resident_memory_bytes gauge',
      `process_resident_memory_bytes ${rss}`,
      '',
    ].join('\n');
  }
}
