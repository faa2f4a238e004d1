import { parsePath, splitPath } from '../../lib/json/field-path.ts';
import { isObject, type Json } from '../../lib/json/json-value.ts';
import type { Entry, EntryBody, ListedChange } from '../../store/log/entry.ts';
import type { ChangeFilter, Store } from '../../store/store.ts';
import { isLike } from '../../update/policy/text-pattern.ts';

/** Which changes are asked for. What is not given matches all. */
export interface ChangeQuery {
  provider?: string;
  /** The user records meant; a record without a connection is one of that id at any. */
  users?: readonly UserRecord[];
  field?: string;
  caller?: string;
  outcome?: string;
  /** ISO 8601, UTC, both included. */
  since?: string;
  until?: string;
}

export interface UserRecord {
  connection?: string;
  userId: string;
}

const PAGE = 500;

/** Changes that fit, newest first, page by page: the store filters by what it has an index for, the rest is done here. */
export async function* changesLike(store: Store, query: ChangeQuery): AsyncGenerator<ListedChange> {
  const { provider, outcome, since, users } = query;
  const ids = new Set(users?.map(({ userId }) => userId));
  const [userId] = ids;
  const filter: ChangeFilter = {
    limit: PAGE,
    ...(provider !== undefined && { provider }),
    ...(outcome !== undefined && { outcome }),
    ...(since !== undefined && { since }),
    ...(ids.size === 1 && userId !== undefined && { userId }),
  };
  for (let before: number | undefined; ; ) {
    const page = await store.list({ ...filter, ...(before !== undefined && { before }) });
    for (const change of page) if (isMeant(change, query)) yield change;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    before = last.seq;
  }
}

/** Rows of the log that fit, oldest first. With an outcome, of an intent that was carried out only its last row. */
export async function* rowsLike(store: Store, query: ChangeQuery): AsyncGenerator<Entry> {
  for await (const row of store.rows()) {
    if (!isMeant(row, query)) continue;
    if (query.outcome !== undefined && row.kind === 'opened' && !(await isOpen(store, row))) continue;
    yield row;
  }
}

async function isOpen(store: Store, { changeId }: Entry): Promise<boolean> {
  const [last] = await store.list({ changeId, limit: 1 });
  return last?.open === true;
}

export function isMeant(row: Entry, query: ChangeQuery): boolean {
  return (
    (query.provider === undefined || row.provider === query.provider) &&
    (query.outcome === undefined || row.outcome === query.outcome) &&
    (query.since === undefined || row.at >= query.since) &&
    (query.until === undefined || row.at <= query.until) &&
    (query.users === undefined || query.users.some((user) => isUser(row, user))) &&
    (query.caller === undefined || isCaller(row.body, query.caller)) &&
    (query.field === undefined || hasField(row, query.field))
  );
}

export function isUser(row: Entry, { connection, userId }: UserRecord): boolean {
  return row.userId === userId && (connection === undefined || row.connection === connection);
}

export function isCaller({ caller }: EntryBody, wanted: string): boolean {
  return wanted.includes('*') ? isLike(wanted, caller) : plain(caller) === plain(wanted);
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** Whether a field, or anything in it, moved: `props` covers `props.theme`, and the provider may stand in front. */
export function hasField({ provider, body }: Entry, wanted: string): boolean {
  const pattern = splitPath(wanted) ?? [wanted];
  const moved = [...body.fields, ...(body.collateral ?? [])].map(({ field, before, after }) => ({
    path: parsePath(field) ?? [field],
    values: [before, after] as Json[],
  }));
  const stripped = (body.stripped ?? []).map((field) => ({ path: parsePath(field) ?? [field], values: [] }));
  return [...moved, ...stripped].some(({ path, values }) => {
    return covers(pattern, path, values) || covers(pattern, [provider, ...path], values);
  });
}

function covers(pattern: readonly string[], path: readonly string[], values: readonly Json[]): boolean {
  const fits = (segment: string, index: number) => {
    const name = path[index];
    return (
      name !== undefined &&
      (segment.includes('*') ? isLike(segment, name) : (parsePath(segment)?.[0] ?? segment) === name)
    );
  };
  if (pattern.length <= path.length) return pattern.every(fits);
  // A field that was recorded whole: the rest of the path may lead into its value.
  if (!path.every((_, index) => fits(pattern[index] ?? '', index))) return false;
  const rest = pattern.slice(path.length).map((segment) => parsePath(segment)?.[0] ?? segment);
  return values.some((value) => leadsInto(value, rest));
}

function leadsInto(value: Json, keys: readonly string[]): boolean {
  let at: Json | undefined = value;
  for (const key of keys) {
    if (!isObject(at) || !Object.hasOwn(at, key)) return false;
    at = at[key];
  }
  return true;
}
