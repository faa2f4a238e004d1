import { storableKey, toInstant } from '../storable.ts';
import type { ChangeFilter, UserRecord } from '../store.ts';
import type { EntryBody, StoredEntry } from './entry.ts';
import { batchKey, keysOf } from './index-keys.ts';

/** The filters that an entry's columns answer by equality. */
export const filterColumns = ['changeId', 'userId', 'outcome', 'connection'] as const;

/** The parts of a filter in the form the store holds them. */
export interface NormalFilter {
  columns: readonly { name: (typeof filterColumns)[number]; value: string }[];
  /** Undefined for any. */
  providers: readonly string[] | undefined;
  users: readonly UserRecord[];
  emailKeys: readonly string[];
  /** Whether only some people are searched for: a filter that names none of them matches nothing. */
  isPersonal: boolean;
  batchId: string | undefined;
  since: string | undefined;
  until: string | undefined;
  /** Entries at or above this seq. */
  from: number;
  /** Entries below this seq. */
  before: number;
  limit: number;
}

export function normalFilter(filter: ChangeFilter): NormalFilter {
  const { provider, person, batchId, since, until, downTo = 0, before = Number.MAX_SAFE_INTEGER, limit } = filter;
  return {
    columns: filterColumns.flatMap((name) => {
      const value = filter[name];
      return value === undefined ? [] : [{ name, value: storableKey(value) }];
    }),
    providers: provider === undefined ? undefined : [...new Set([provider].flat().map(storableKey))],
    users: person?.users.map(storableRecord) ?? [],
    emailKeys: person?.emailKeys?.map(storableKey) ?? [],
    isPersonal: person !== undefined,
    batchId: batchId === undefined ? undefined : storableKey(batchId),
    since: since === undefined ? undefined : toInstant(since, 'since'),
    until: until === undefined ? undefined : toInstant(until, 'until'),
    from: downTo,
    before,
    limit,
  };
}

function storableRecord({ userId, provider, connection }: UserRecord): UserRecord {
  return {
    userId: storableKey(userId),
    ...(provider !== undefined && { provider: storableKey(provider) }),
    ...(connection !== undefined && { connection: storableKey(connection) }),
  };
}

/** What a filter asks of one column; undefined for anything. */
export function columnOf(
  { columns }: Pick<NormalFilter, 'columns'>,
  column: (typeof filterColumns)[number],
): string | undefined {
  return columns.find(({ name }) => name === column)?.value;
}

/** Whether an entry passes a filter, `limit` aside. What SQL answers with its indexes means the same. */
export function passes(row: Omit<StoredEntry, 'bodyText'>, body: () => EntryBody, filter: NormalFilter): boolean {
  const { columns, providers, batchId, since, until, from, before } = filter;
  return (
    row.seq >= from &&
    row.seq < before &&
    (since === undefined || row.at >= since) &&
    (until === undefined || row.at <= until) &&
    columns.every(({ name, value }) => namesIn(row, name).includes(value)) &&
    (providers === undefined || namesIn(row, 'provider').some((name) => providers.includes(name))) &&
    (!filter.isPersonal || isOf(row, body, filter)) &&
    (batchId === undefined || keysOf(body()).includes(batchKey(batchId)))
  );
}

/** An event of a batch names all of its providers and connections. */
function namesIn(
  row: Omit<StoredEntry, 'bodyText'>,
  column: 'provider' | (typeof filterColumns)[number],
): readonly string[] {
  const isList = row.kind === 'batch' && (column === 'provider' || column === 'connection');
  return isList ? row[column].split(',') : [row[column]];
}

function isOf(
  row: Omit<StoredEntry, 'bodyText'>,
  body: () => EntryBody,
  { users, emailKeys }: Pick<NormalFilter, 'users' | 'emailKeys'>,
): boolean {
  const isNamed = users.some(
    ({ userId, provider = row.provider, connection = row.connection }) =>
      row.userId === userId && row.provider === provider && row.connection === connection,
  );
  if (isNamed || emailKeys.length === 0) return isNamed;
  const keys = keysOf(body());
  return emailKeys.some((key) => keys.includes(key));
}
