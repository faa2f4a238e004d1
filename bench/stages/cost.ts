import { add, median } from '../statistics.ts';
import type { Meter } from './meters.ts';

export interface Work {
  name: string;
  run(nth: number): unknown;
}

/** Calls in a turn, and turns that only warm up. */
const CALLS = 50;
const WARM_UP = 12;

const NOTHING: Work = { name: 'nothing', run() {} };

/**
 * What each piece of work takes of what the meter counts. The pieces of one series run one after the other, as in a
 * call: repeated by itself, a piece finds all it needs in the caches of the processor, and costs half. The series take
 * turns. What the measuring itself takes is subtracted.
 */
export async function measureCosts(
  series: readonly (readonly Work[])[],
  meter: Meter,
  rounds: number,
): Promise<Map<string, number>> {
  const samples = new Map<string, number[]>();
  let first = 0;
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const works of series) {
      await meter.prepare();
      const costs = await runTurn([...works, NOTHING], meter, first);
      first += CALLS;
      if (round < 0 || !(await meter.isUsable())) continue;
      for (const [name, cost] of costs) add(samples, name, cost / CALLS);
    }
  }
  const nothing = median(samples.get(NOTHING.name) ?? []);
  return new Map([...samples].map(([name, costs]) => [name, median(costs) - nothing]));
}

async function runTurn(works: readonly Work[], meter: Meter, first: number): Promise<Map<string, number>> {
  const costs = new Map<string, number>();
  for (let nth = first; nth < first + CALLS; nth++) {
    for (const { name, run } of works) {
      const before = meter.read();
      const done = run(nth);
      if (done instanceof Promise) await done; // waiting for nothing would cost something
      costs.set(name, (costs.get(name) ?? 0) + meter.read() - before);
    }
  }
  return costs;
}
