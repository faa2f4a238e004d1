import { type Guess, keptValues, storableGuess, windowMs } from '../windows.ts';
import type { SqliteDatabase } from './driver.ts';
import { column } from './statements.ts';

/** The guesses of a SQLite store. Call both inside a transaction. */
export function createSqliteGuesses(db: SqliteDatabase, now: () => number) {
  const dropExpired = db.prepare('DELETE FROM guesses WHERE key = ? AND at <= ?');
  const countOthers = db.prepare('SELECT count(*) AS count FROM guesses WHERE key = ? AND value <> ?');
  const put = db.prepare(
    'INSERT INTO guesses (key, value, at) VALUES (?, ?, ?) ON CONFLICT (key, value) DO UPDATE SET at = excluded.at',
  );
  const purgeAll = db.prepare('DELETE FROM guesses WHERE at <= ?');
  return {
    note(guess: Guess): number {
      const { key, value } = storableGuess(guess);
      dropExpired.run(key, now() - windowMs);
      const others = Number(column(countOthers.get(key, value), 'count'));
      if (others < keptValues) put.run(key, value, Math.floor(now()));
      return others + 1;
    },
    purge(time: number): void {
      purgeAll.run(time - windowMs);
    },
  };
}
