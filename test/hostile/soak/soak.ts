import { SoakRun } from './run.ts';

/** Rounds of random calls, faults and kills; after each round, the invariants are checked. */

export interface Soaked {
  rounds: number;
  tally: Readonly<Record<string, number>>;
}

/** A minimum for slow machines, however long it takes. */
const LEAST_ROUNDS = 25;

export async function soak(seed: number, seconds: number): Promise<Soaked> {
  const run = new SoakRun(seed);
  await run.open();
  let round = 0;
  try {
    for (const end = Date.now() + seconds * 1000; Date.now() < end || round < LEAST_ROUNDS; round++) {
      const problems = await run.round(round);
      if (problems.length > 0) throw new Error(problems.slice(0, 10).join('\n'));
    }
    return { rounds: round, tally: { ...run.tally, writes: run.writes() } };
  } catch (error) {
    const again = `SOAK_SEED=${seed} repeats it`;
    throw new Error(`seed ${seed}, round ${round} (${again}): ${run.history.join('; ')}\n${String(error)}`, {
      cause: error,
    });
  } finally {
    await run.close();
  }
}
