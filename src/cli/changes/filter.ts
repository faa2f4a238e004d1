import { parsePath, splitPath } from '../../lib/json/field-path.ts';
import { isObject, type Json } from '../../lib/json/json-value.ts';
import type { Entry, EntryBody, ListedChange } from '../../store/log/entry.ts';
import type { ChangeFilter, Store } from '../../store/store.ts';
import { isLike } from '../../update/policy/text-pattern.ts';

/** Filters for changes. Omitted ones match everything. */
export interface ChangeQuery {
  provider?: string;
  /** User records; one without a connection matches that id at any connection. */
  users?: readonly UserRecord[];
  field?: string;
  caller?: string;
  outcome?: string;
  /** ISO 8601 in UTC, inclusive. */
  since?: string;
  until?: string;
}

export interface UserRecord {
  connection?: string;
  userId: string;
}

const PAGE = 500;

/**
 * Matching changes, newest first, read page by page. The store applies the filters it has an index for; this applies
 * the rest.
 */
export async function* findChanges(store: Store, query: ChangeQuery): AsyncGenerator<ListedChange> {
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
    for (const change of page) if (matches(change, query)) yield change;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    before = last.seq;
  }
}

/** Matching audit entries, oldest first. A filter by outcome leaves out the intent of a change that has an outcome. */
export async function* findEntries(store: Store, query: ChangeQuery): AsyncGenerator<Entry> {
  for await (const entry of store.entries()) {
    if (!matches(entry, query)) continue;
    if (query.outcome !== undefined && entry.kind === 'opened' && !(await isOpen(store, entry))) continue;
    yield entry;
  }
}

async function isOpen(store: Store, { changeId }: Entry): Promise<boolean> {
  const [last] = await store.list({ changeId, limit: 1 });
  return last?.open === true;
}

function matches(entry: Entry, query: ChangeQuery): boolean {
  return (
    (query.provider === undefined || entry.provider === query.provider) &&
    (query.outcome === undefined || entry.outcome === query.outcome) &&
    (query.since === undefined || entry.at >= query.since) &&
    (query.until === undefined || entry.at <= query.until) &&
    (query.users === undefined || query.users.some((user) => isUser(entry, user))) &&
    (query.caller === undefined || isCaller(entry.body, query.caller)) &&
    (query.field === undefined || hasField(entry, query.field))
  );
}

export function isUser(entry: Entry, { connection, userId }: UserRecord): boolean {
  return entry.userId === userId && (connection === undefined || entry.connection === connection);
}

export function isCaller({ caller }: EntryBody, given: string): boolean {
  return given.includes('*') ? isLike(given, caller) : plain(caller) === plain(given);
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** Whether a field, or something in it, changed: `props` covers `props.theme`, and the path may begin with the provider. */
export function hasField({ provider, body }: Entry, given: string): boolean {
  const pattern = splitPath(given) ?? [given];
  const changed = [...body.fields, ...(body.collateral ?? [])].map(({ field, before, after }) => ({
    path: parsePath(field) ?? [field],
    values: [before, after] as Json[], // an entry is stored as JSON
  }));
  const stripped = (body.stripped ?? []).map((field) => ({ path: parsePath(field) ?? [field], values: [] }));
  return [...changed, ...stripped].some(({ path, values }) => {
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
  // A field recorded as a whole: the rest of the path may lead into its value.
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
