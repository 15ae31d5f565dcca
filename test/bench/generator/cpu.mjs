import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** CPU time in ms that a process and all that descend from it have spent. Linux. */
export function cpuTime(root) {
  const processes = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'latin1');
      // The name in parentheses may hold spaces.
      const words = text.slice(text.lastIndexOf(')') + 2).split(' ');
      processes.set(Number(name), {
        parent: Number(words[1]),
        ticks: Number(words[11]) + Number(words[12]),
      });
    } catch {
      // It has ended meanwhile.
    }
  }
  const descends = (id) => {
    for (let at = id; at > 1; at = processes.get(at)?.parent ?? 0) if (at === root) return true;
    return false;
  };
  let ticks = 0;
  for (const [id, { ticks: own }] of processes) if (descends(id)) ticks += own;
  return (ticks * 1000) / TICKS_PER_SECOND;
}
