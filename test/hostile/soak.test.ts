import { expect, it } from 'vitest';
import { soak } from './soak/soak.ts';

/** Short in `npm test`, long in `npm run test:hostile`. `SOAK_SECONDS` sets the duration, `SOAK_SEED` repeats a run. */

const usual = process.env['npm_lifecycle_event'] === 'test:hostile' ? 120 : 15;
const seconds = Number(process.env['SOAK_SECONDS'] ?? usual);
const seed = Number(process.env['SOAK_SEED'] ?? Date.now() % 1_000_000);

it(
  `the invariants hold for ${seconds} seconds of random calls, faults and kills, seed ${seed}`,
  async () => {
    const { rounds, tally } = await soak(seed, seconds);
    process.stderr.write(`soak: seed ${seed}, ${rounds} rounds, ${JSON.stringify(tally)}\n`);
    // A soak in which nothing happens proves nothing.
    for (const what of ['updated', 'refused', 'asked', 'writes']) expect(tally[what] ?? 0, what).toBeGreaterThan(0);
    expect(tally['denied'], 'the guess budget was exceeded').toBeUndefined();
  },
  (seconds + 300) * 1000,
);
