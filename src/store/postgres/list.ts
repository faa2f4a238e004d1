import { toListedChange } from '../log/codec.ts';
import type { ListedChange } from '../log/entry.ts';
import { storableKey, toInstant } from '../storable.ts';
import type { ChangeFilter } from '../store.ts';
import type { Row, Value } from './connection.ts';
import type { TableNames } from './names.ts';
import { entryColumns, fromRow } from './rows.ts';

/**
 * The last row of each change, newest first. Results (`closed`, `attempt`) and open intents are looked for apart: all
 * `opened` rows have the same outcome, so that a filter by it would have to walk through every change there ever was.
 */
export async function listChanges(
  query: (text: string, values: readonly Value[]) => Promise<Row[]>,
  names: TableNames,
  filter: ChangeFilter,
): Promise<ListedChange[]> {
  const values: Value[] = [filter.limit];
  const add = (condition: string, value: Value | undefined): string =>
    value === undefined ? '' : ` AND ${condition} $${values.push(value)}`;
  const text = (value: string | undefined): string | undefined =>
    value === undefined ? undefined : storableKey(value);
  let where =
    add('e.change_id =', text(filter.changeId)) +
    add('e.user_id =', text(filter.userId)) +
    add('e.outcome =', text(filter.outcome)) +
    add('e.provider =', text(filter.provider)) +
    add('e.connection =', text(filter.connection)) +
    add('e.seq <', filter.before);
  if (filter.since !== undefined) {
    const since = toInstant(filter.since);
    // Times nearly follow seq (clocks jump). Of few rows the lowest seq ends the walk early; many fill the page soon.
    const [found] = await query(
      `SELECT count(*) AS count, min(seq) AS seq
       FROM (SELECT seq FROM ${names.entries} WHERE at >= $1 ORDER BY at LIMIT ${manyRows}) e`,
      [since],
    );
    const count = Number(found?.['count']);
    if (count === 0) return [];
    if (count < manyRows) where += add('e.seq >=', Number(found?.['seq']));
    // Joined to nothing, so that no index on times is used: it would give the rows in another order than the one asked for.
    where += add(`e.at || '' >=`, since);
  }
  // A subquery that no planner turns into a join: it is asked for the few rows that the walk along an index comes by.
  const isLast = `e.seq = (SELECT max(l.seq) FROM ${names.entries} l WHERE l.change_id = e.change_id)`;
  const columns = entryColumns.replaceAll(/\w+/g, 'e.$&');
  const end = 'ORDER BY e.seq DESC LIMIT $1';
  const rows = await query(
    `SELECT ${entryColumns} FROM (
       (SELECT ${columns} FROM ${names.entries} e WHERE e.kind <> 'opened' AND ${isLast}${where} ${end})
       UNION ALL
       (SELECT ${columns} FROM ${names.open_intents} o JOIN ${names.entries} e ON e.seq = o.seq
        WHERE ${isLast}${where} ${end})
     ) e ${end}`,
    values,
  );
  return rows.map((row) => toListedChange(fromRow(row)));
}

const manyRows = 2000;
