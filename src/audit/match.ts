import { parsePath, splitPath } from '../lib/json/field-path.ts';
import { isObject, type Json } from '../lib/json/json-value.ts';
import { splitNames } from '../lib/text/name-list.ts';
import type { Entry, EntryBody } from '../store/log/entry.ts';
import { isLike } from '../update/policy/text-pattern.ts';

/** Filters by what only the body of an entry says. */
export interface BodyFilter {
  /** `props.theme`, `PROVIDER.props.theme`, or `props` with all in it; `*` within a segment. */
  field?: string;
  /** Who called; `*` stands for any text. */
  caller?: string;
  /** Who approved or declined; `*` stands for any text. */
  approver?: string;
}

export function matchesBody(entry: Pick<Entry, 'provider' | 'body'>, { field, caller, approver }: BodyFilter): boolean {
  return (
    (caller === undefined || isCaller(entry.body, caller)) &&
    (approver === undefined || isApprover(entry.body, approver)) &&
    (field === undefined || hasField(entry, field))
  );
}

export function isCaller({ caller }: EntryBody, given: string): boolean {
  return isNamed(caller, given);
}

/** Also of entries about a request. An entry of before may have a name with a comma that is not quoted. */
export function isApprover({ approvedBy, declinedBy, approver }: EntryBody, given: string): boolean {
  const names = [approvedBy, ...splitNames(approvedBy ?? ''), declinedBy, approver].filter(
    (name) => name !== undefined,
  );
  return names.some((name) => isNamed(name, given));
}

function isNamed(name: string, given: string): boolean {
  return given.includes('*') ? isLike(given, name) : plain(name) === plain(given);
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** Whether a field, or something in it, changed: `props` covers `props.theme`, and the path may begin with the provider. */
export function hasField({ provider, body }: Pick<Entry, 'provider' | 'body'>, given: string): boolean {
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
