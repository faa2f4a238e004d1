import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

/** Counts something that work takes. */
export interface Meter {
  read(): number;
  /** Called before a turn. */
  prepare(): Promise<void>;
  /** Whether what was read since then can be used. */
  isUsable(): Promise<boolean>;
}

/** CPU time of the process in µs, other threads and garbage collection included. Waiting for a vendor or a disk is none. */
export function cpuMeter(): Meter {
  return {
    read() {
      const { user, system } = process.cpuUsage();
      return user + system;
    },
    async prepare() {},
    isUsable: async () => true,
  };
}

/**
 * Bytes allocated on the heap of JavaScript. Only as long as no garbage is collected: it needs `--expose-gc`, and a young
 * generation that a turn does not fill.
 */
export function allocationMeter(): Meter {
  let collections = 0;
  let before = 0;
  const observer = new PerformanceObserver((list) => void (collections += list.getEntries().length));
  observer.observe({ entryTypes: ['gc'] });
  const count = async () => {
    // Node reports a collection in the turn of the event loop that follows it.
    for (let turn = 0; turn < 2; turn++) await setImmediate();
    collections += observer.takeRecords().length;
    return collections;
  };
  return {
    read: () => process.memoryUsage().heapUsed,
    async prepare() {
      if (!globalThis.gc) throw new Error('allocations can only be counted with --expose-gc');
      globalThis.gc({ type: 'minor' });
      before = await count();
    },
    isUsable: async () => (await count()) === before,
  };
}
