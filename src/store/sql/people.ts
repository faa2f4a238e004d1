import { type PeopleNote, type PeopleWindow, windowMs } from '../windows.ts';
import { type Dialect, type Procedure, query, type Value } from './dialect.ts';

/**
 * The windows of policy in a database. They share the table of guesses, which keeps just the same: HMACs with the time
 * they were noted last, for an hour. Their keys differ from those of guesses, since each purpose has its own HMAC.
 */
export function* readPeople(dialect: Dialect, windows: readonly PeopleWindow[], now: number): Procedure<string[][]> {
  if (windows.length === 0) return [];
  const parts = windows.map((_, at) => `SELECT * FROM (${selectWindow(dialect, at)}) w${at}`);
  const values = windows.flatMap(({ key, limit }) => [key, limit]);
  const rows = yield* query(parts.join(' UNION ALL '), [Math.floor(now - windowMs), ...values]);
  const found = windows.map((): string[] => []);
  for (const row of rows) found[Number(row['place'])]?.push(dialect.toText(row['value']));
  return found;
}

/** Notes all or none: false if a window does not fit. Call it inside a transaction. */
export function* notePeople(dialect: Dialect, notes: readonly PeopleNote[], now: number): Procedure<boolean> {
  const windows = yield* readPeople(dialect, notes, now);
  if (!notes.every(({ fits }, at) => fits(windows[at] ?? []))) return false;
  for (const { key, values } of notes) {
    for (let from = 0; from < values.length; from += rowsAtOnce) {
      yield* put(dialect, key, values.slice(from, from + rowsAtOnce), now);
    }
  }
  return true;
}

/** Any values will do: there are only more of them than the limit where the comparisons are decided anyway. */
function selectWindow({ tables, selectText }: Dialect, at: number): string {
  return `SELECT ${at} AS place, ${selectText('g', 'value')} FROM ${tables.guesses} g
    WHERE g.key = $${2 * at + 2} AND g.at > $1 LIMIT $${2 * at + 3}`;
}

function* put({ tables }: Dialect, key: string, noted: readonly string[], now: number): Procedure<void> {
  const rows = noted.map((_, at) => `($1, $${at + 3}, $2)`);
  const values: Value[] = [key, Math.floor(now), ...noted];
  yield* query(
    `INSERT INTO ${tables.guesses} (key, value, at) VALUES ${rows.join(', ')}
     ON CONFLICT (key, value) DO UPDATE SET at = excluded.at`,
    values,
  );
}

const rowsAtOnce = 100;
