import { expect, it } from 'vitest';
import { soak } from './soak/soak.ts';

/** A short one in `npm test`, a long one in `npm run test:hostile`. `SOAK_SECONDS` says how long, `SOAK_SEED` repeats one. */

const usual = process.env['npm_lifecycle_event'] === 'test:hostile' ? 120 : 15;
const seconds = Number(process.env['SOAK_SECONDS'] ?? usual);
const seed = Number(process.env['SOAK_SEED'] ?? Date.now() % 1_000_000);

it(
  `holds for ${seconds} seconds of anything, seed ${seed}`,
  async () => {
    const { rounds, tally } = await soak(seed, seconds);
    process.stderr.write(`soak: seed ${seed}, ${rounds} rounds, ${JSON.stringify(tally)}\n`);
    // A soak in which nothing happens proves nothing.
    for (const what of ['updated', 'refused', 'asked', 'writes']) expect(tally[what] ?? 0, what).toBeGreaterThan(0);
    expect(tally['denied'], 'the budget of guesses was used up').toBeUndefined();
  },
  (seconds + 300) * 1000,
);
