import { storable } from './storable.ts';
import type { Guess } from './store.ts';

/** The rules for guesses in every store, independent of any database. */

/** For how long a guess counts, in ms. */
export const guessWindowMs = 60 * 60_000;

/** Values kept per key: more than the guess budget. Further values are counted but not kept. */
export const keptValues = 64;

export function storableGuess({ key, value }: Guess): Guess {
  return { key: storable(key), value: storable(value) };
}
