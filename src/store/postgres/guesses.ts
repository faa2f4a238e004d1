import { type Guess, keptValues, storableGuess, windowMs } from '../windows.ts';
import type { TableNames } from './dialect.ts';
import type { Transaction } from './writer.ts';

/** Notes guesses one at a time: two of one call may have the same key. */
export async function noteGuesses(
  { query }: Transaction,
  tables: TableNames,
  guesses: readonly Guess[],
  now: number,
): Promise<number[]> {
  const counts: number[] = [];
  for (const { key, value } of guesses.map(storableGuess)) {
    // Every part sees the table as it was before, so no row may be both deleted and inserted.
    const [row] = await query(
      `WITH others AS (SELECT count(*) AS count FROM ${tables.guesses} WHERE key = $1 AND value <> $2 AND at > $3),
        dropped AS (DELETE FROM ${tables.guesses} WHERE key = $1 AND value <> $2 AND at <= $3),
        put AS (
          INSERT INTO ${tables.guesses} (key, value, at) SELECT $1, $2, $4 FROM others WHERE count < ${keptValues}
          ON CONFLICT (key, value) DO UPDATE SET at = excluded.at
        )
       SELECT count FROM others`,
      [key, value, Math.floor(now - windowMs), Math.floor(now)],
    );
    counts.push(Number(row?.['count']) + 1);
  }
  return counts;
}

export async function purgeGuesses({ query }: Transaction, tables: TableNames, time: number): Promise<void> {
  await query(`DELETE FROM ${tables.guesses} WHERE at <= $1`, [Math.floor(time - windowMs)]);
}
