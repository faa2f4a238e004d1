import { toListedChange } from '../log/codec.ts';
import type { ListedChange } from '../log/entry.ts';
import { storableKey, toInstant } from '../storable.ts';
import type { ChangeFilter } from '../store.ts';
import { type Dialect, type Procedure, query, type Value } from './dialect.ts';
import { fromEntryRow, selectEntry } from './rows.ts';

/**
 * One page of changes, newest first: the last entry of each. Results (`closed`, `attempt`) and open intents are queried
 * separately: all `opened` entries have the same outcome, so a filter by it would scan every change. (In SQLite, CROSS
 * JOIN makes the scan start from the few open intents; for the sake of the order it would choose `entries`.)
 */
export function* listChanges(dialect: Dialect, filter: ChangeFilter): Procedure<ListedChange[]> {
  const { tables, list } = dialect;
  const since = filter.since === undefined ? undefined : toInstant(filter.since);
  const values: Value[] = [filter.limit];
  const add = (condition: string, value: Value | undefined): string =>
    value === undefined ? '' : ` AND ${condition} $${values.push(value)}`;
  const where = conditions(dialect, filter).map(([condition, value]) => add(condition, value));
  const matches = [...where, add('e.seq <', filter.before), add(`${list.at} >=`, since)].join('');
  // Times nearly follow seq (clocks jump): the lowest seq ends the search, and the time itself decides.
  const lowest = since === undefined ? undefined : list.toLowest((yield* query(list.findLowest, [since]))[0]);
  const columns = selectEntry(dialect);
  const rows = yield* query(
    `SELECT * FROM (
       SELECT ${columns} FROM ${tables.entries} e
       WHERE e.kind <> 'opened' AND e.kind <> 'approval'${add('e.seq >=', lowest)} AND ${list.isLast}${matches} ORDER BY e.seq DESC LIMIT $1) results
     UNION ALL SELECT * FROM (
       SELECT ${columns} FROM ${tables.open_intents} o CROSS JOIN ${tables.entries} e
       WHERE e.seq = o.seq AND ${list.isLast}${matches} ORDER BY o.seq DESC LIMIT $1) intents
     ORDER BY seq DESC LIMIT $1`,
    values,
  );
  return rows.map((row) => toListedChange(fromEntryRow(row, dialect)));
}

/** The most selective first: its index is used, and returns the entries in the requested order. */
function conditions({ unindexed }: Dialect, filter: ChangeFilter): [condition: string, value: string][] {
  const named = [
    ['change_id', filter.changeId],
    ['user_id', filter.userId],
    ['outcome', filter.outcome],
    ['provider', filter.provider],
    ['connection', filter.connection],
  ] as const;
  const given = named.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value: storableKey(value) }]));
  return given.map(({ name, value }, i) => [`${i === 0 ? `e.${name}` : unindexed(`e.${name}`)} =`, value]);
}
