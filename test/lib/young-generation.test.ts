import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { NO_GROWTH } from '../../src/lib/young-generation.ts';

/** Fills the heap with objects that survive, and prints the megabytes of its young generation before and after. */
const PROGRAM = `
  const v8 = require('node:v8');
  const size = () => v8.getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size / 2 ** 20;
  const before = size();
  if (process.argv[1]) v8.setFlagsFromString(process.argv[1]);
  let kept = [];
  for (let at = 0; at < 2_000_000; at++) {
    kept.push({ at });
    if (kept.length > 200_000) kept = [];
  }
  console.log(JSON.stringify([before, size()]));
`;

function sizes(...flags: string[]): [before: number, after: number] {
  return JSON.parse(execFileSync(process.execPath, ['-e', PROGRAM, '--', ...flags], { encoding: 'utf8' }));
}

it('stays small in a running process, where it would grow', () => {
  const [, grown] = sizes();
  const [before, kept] = sizes(NO_GROWTH);
  expect(grown).toBeGreaterThan(8);
  expect(kept).toBeLessThanOrEqual(2 * before + 1);
});
