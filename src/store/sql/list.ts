import { toListedChange } from '../log/codec.ts';
import type { ListedChange } from '../log/entry.ts';
import { columnOf, type NormalFilter, normalFilter } from '../log/filter.ts';
import { batchKey } from '../log/index-keys.ts';
import type { ChangeFilter, UserRecord } from '../store.ts';
import { type Dialect, type Procedure, query, type Value } from './dialect.ts';
import { fromEntryRow, isNoEvent, selectEntry } from './rows.ts';
import { findSpan } from './span.ts';

/**
 * One page of changes, newest first: the last entry of each. A filter that no single index answers in order (several
 * providers, user records or keys) is read from each of them by its index, one page each, and the newest of all are
 * the page.
 */
export function* listChanges(dialect: Dialect, given: ChangeFilter): Procedure<ListedChange[]> {
  const filter = normalFilter(given);
  const span = yield* findSpan(dialect, filter);
  const found = new Map<string, ListedChange>();
  for (const start of yield* inOrder(dialect, startsOf(filter))) {
    for (const change of yield* listFrom(dialect, start, filter, span)) {
      // Between two statements, another process may have closed a change.
      if ((found.get(change.changeId)?.seq ?? 0) < change.seq) found.set(change.changeId, change);
    }
  }
  return [...found.values()].sort((a, b) => b.seq - a.seq).slice(0, filter.limit);
}

/** What one statement starts from: a key of `entry_keys`, or columns of `entries`, the most selective first. */
interface Start {
  key?: { name: string; text: string };
  columns: readonly { column: string; value: string }[];
  /** Any of these; undefined if the columns name the provider, or for any. */
  providers?: readonly string[] | undefined;
}

function startsOf(filter: NormalFilter): Start[] {
  const { columns, providers, users, emailKeys, isPersonal, batchId } = filter;
  const others = columns.map(({ name, value }) => ({ column: columnNames[name], value }));
  if (isPersonal) {
    const ofUser = users.map(({ userId, provider, connection }): Start => {
      const record = Object.entries({ user_id: userId, provider, connection });
      const named = record.flatMap(([column, value]) => (value === undefined ? [] : [{ column, value }]));
      return { columns: [...named, ...others], providers };
    });
    const ofKey = emailKeys.map((key): Start => {
      return { key: { name: key, text: JSON.stringify(key) }, columns: others, providers };
    });
    return [...ofUser, ...ofKey];
  }
  if (columnOf(filter, 'changeId') !== undefined) return [{ columns: others, providers }];
  const user = userOf(filter);
  if (user) {
    const rest = columns.filter(({ name }) => name === 'outcome');
    return startsOf({ ...filter, isPersonal: true, users: [user], emailKeys: [], columns: rest });
  }
  if (batchId !== undefined) return [{ key: batchOf(batchId), columns: others, providers }];
  if (providers === undefined || others.some(({ column }) => column !== 'connection')) {
    return [{ columns: others, providers }];
  }
  return providers.map((value) => ({ columns: [{ column: 'provider', value }, ...others] }));
}

/** The user record that the columns name, as far as they do. */
function userOf(filter: NormalFilter): UserRecord | undefined {
  const [userId, connection] = [columnOf(filter, 'userId'), columnOf(filter, 'connection')];
  const [provider, ...more] = filter.providers ?? [];
  if (userId === undefined) return undefined;
  return {
    userId,
    ...(provider !== undefined && more.length === 0 && { provider }),
    ...(connection !== undefined && { connection }),
  };
}

/** Without a sort of all entries of a user: a start for each of the records that have her id. */
function* inOrder({ tables, list, ...dialect }: Dialect, starts: readonly Start[]): Procedure<Start[]> {
  const ordered: Start[] = [];
  for (const start of starts) {
    const [first] = start.columns;
    if (!list.ordersByRecord || first?.column !== 'user_id' || isWhole(start)) {
      ordered.push(start);
      continue;
    }
    const others = start.columns.filter(({ column }) => !recordColumns.includes(column));
    for (let [provider, connection] = ['', '']; ; ) {
      // The next pair in the index, whatever the number of entries between them.
      const [row] = yield* query(
        `SELECT ${dialect.selectText('e', 'provider')}, ${dialect.selectText('e', 'connection')} FROM ${tables.entries} e
         WHERE e.user_id = $1 AND (e.provider, e.connection) > ($2, $3) ORDER BY e.provider, e.connection LIMIT 1`,
        [first.value, provider, connection],
      );
      if (!row) break;
      [provider, connection] = [dialect.toText(row['provider']), dialect.toText(row['connection'])];
      const record = { user_id: first.value, provider, connection };
      const columns = Object.entries(record).map(([column, value]) => ({ column, value }));
      const isNamed = columns.every(({ column, value }) => (valueOf(start, column) ?? value) === value);
      if (isNamed) ordered.push({ ...start, columns: [...columns, ...others] });
    }
  }
  return ordered;
}

const recordColumns = ['user_id', 'provider', 'connection'];
/** Columns whose index leads to few entries. */
const selective = ['user_id', 'change_id'];

function isWhole({ columns }: Start): boolean {
  return recordColumns.every((name) => columns.some(({ column }) => column === name));
}

function valueOf({ columns }: Start, name: string): string | undefined {
  return columns.find(({ column }) => column === name)?.value;
}

const columnNames = { changeId: 'change_id', userId: 'user_id', outcome: 'outcome', connection: 'connection' } as const;

/** A body is canonical JSON, and quotes inside of a text are escaped: no other text can look like this member. */
function batchOf(batchId: string): NonNullable<Start['key']> {
  return { name: batchKey(batchId), text: `"batchId":${JSON.stringify(batchId)}` };
}

/**
 * Results (`closed`, `attempt`) and open intents are queried separately: all `opened` entries have the same outcome, so a
 * filter by it would scan every change. (In SQLite, CROSS JOIN makes the scan start from the few open intents or from the
 * key; for the sake of the order it would choose `entries`.)
 */
function* listFrom(
  dialect: Dialect,
  start: Start,
  { limit, since, until, batchId, from }: NormalFilter,
  { lowest, below }: { lowest: number; below: number },
): Procedure<ListedChange[]> {
  const { key, columns, providers } = start;
  const { tables, list } = dialect;
  const values: Value[] = [limit, lowest, below, from];
  const parameter = (value: Value): string => `$${values.push(value)}`;
  const indexed = key ? 0 : isWhole(start) && list.ordersByRecord ? recordColumns.length : 1;
  // In a new store even a planner with statistics has none, and takes one provider for few entries.
  const other = selective.includes(columns[0]?.column ?? '') ? list.withoutIndex : dialect.unindexed;
  const matches = [
    ...columns.map(({ column, value }, at) => {
      return `${at < indexed ? `e.${column}` : other(`e.${column}`)} = ${parameter(value)}`;
    }),
    ...(providers ? [`${other('e.provider')} IN (${providers.map(parameter).join(', ') || 'NULL'})`] : []),
    ...(since === undefined ? [] : [`${list.withoutIndex('e.at')} >= ${parameter(since)}`]),
    ...(until === undefined ? [] : [`${list.withoutIndex('e.at')} <= ${parameter(until)}`]),
  ];
  const asked = batchId === undefined ? undefined : batchOf(batchId);
  const batch = asked?.name === key?.name ? undefined : asked;
  const ofResults = [
    ...(key ? [`k.key = ${parameter(key.name)}`, 'e.seq = k.seq'] : []),
    ...(batch
      ? [`EXISTS (SELECT 1 FROM ${tables.entry_keys} b WHERE b.key = ${parameter(batch.name)} AND b.seq = e.seq)`]
      : []),
  ];
  const ofIntents = [key, batch].flatMap((one) => (one ? [list.contains('e.body', parameter(one.text))] : []));
  const seq = key ? 'k.seq' : 'e.seq';
  const selected = selectEntry(dialect);
  const results = key ? `${tables.entry_keys} k CROSS JOIN ${tables.entries} e` : `${tables.entries} e`;
  const and = (conditions: readonly string[]): string => conditions.map((one) => ` AND ${one}`).join('');
  const rows = yield* query(
    `SELECT * FROM (
       SELECT ${selected} FROM ${results}
       WHERE ${seq} >= $2 AND ${seq} < $3${and(ofResults)} AND e.kind <> 'opened' AND ${isNoEvent('e.kind')}
         AND ${list.isLast}${and(matches)} ORDER BY ${seq} DESC LIMIT $1) results
     UNION ALL SELECT * FROM (
       SELECT ${selected} FROM ${tables.open_intents} o CROSS JOIN ${tables.entries} e
       WHERE e.seq = o.seq AND o.seq >= $4 AND o.seq < $3${and(ofIntents)} AND ${list.isLast}${and(matches)}
       ORDER BY o.seq DESC LIMIT $1) intents
     ORDER BY seq DESC LIMIT $1`,
    values,
  );
  return rows.map((row) => toListedChange(fromEntryRow(row, dialect)));
}
