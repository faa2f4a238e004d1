import { storable } from './storable.ts';

/** What counts for an hour, independent of any database: guesses, and the user records that policy counts. */

/** For how long both count, in ms. */
export const windowMs = 60 * 60_000;

/** Values kept per key: more than the guess budget. Further values are counted but not kept. */
export const keptValues = 64;

/** A value tried for one masked field of one user record by one caller. */
export interface Guess {
  /** HMAC of caller, user record and field. */
  key: string;
  /** HMAC of the value. */
  value: string;
}

export function storableGuess({ key, value }: Guess): Guess {
  return { key: storable(key), value: storable(value) };
}

/** The user records that a caller changed under a rule of policy within the last hour. */
export interface PeopleWindow {
  /** HMAC of caller and rule. */
  key: string;
  /** How many of them matter at most. */
  limit: number;
}

/** User records to be noted in a window. */
export interface PeopleNote extends PeopleWindow {
  /** HMACs of the user records, each once. */
  values: readonly string[];
  /** Whether they may be noted beside what the window has now, at most `limit` of it. May be called more than once. */
  fits(noted: readonly string[]): boolean;
}
