import { canonicalJson, parseJson } from '../../lib/json/json.ts';
import { isObject } from '../../lib/json/json-value.ts';
import type { Entry, EntryBody, ListedChange, StoredEntry } from './entry.ts';

const UNREADABLE = 'unreadable';

/** Whether the body of an entry was altered in the database, so that nothing in it can be relied on. */
export function isUnreadable({ body }: Entry): boolean {
  return body.tool === UNREADABLE;
}

export function toBodyText(body: EntryBody): string {
  return canonicalJson(body);
}

/** The entry as returned to callers, with its own copy of the body. */
export function toEntry({ bodyText, ...columns }: StoredEntry): Entry {
  return { ...columns, body: fromBodyText(bodyText) };
}

/**
 * An entry as people list it. An earlier version wrote `refused_by_person` for every no; the entry itself stays as it was
 * written, since its hash covers the old code.
 */
export function toListedChange(entry: Entry): ListedChange {
  const { body } = entry;
  const open = entry.kind === 'opened';
  return body.code === 'refused_by_person'
    ? { ...entry, body: { ...body, code: 'declined' }, open }
    : { ...entry, open };
}

const TEXTS = [
  ...(['client', 'reason', 'verdict', 'rule', 'ruleName', 'approvedBy', 'declinedBy', 'code', 'message'] as const),
  ...(['detail', 'undoes', 'batchId', 'approvalId', 'approver'] as const),
] satisfies (keyof EntryBody)[];
const LISTS = ['stripped', 'sideEffects', 'emailKeys'] as const satisfies (keyof EntryBody)[];

/** As far as code relies on it: of a field its name, since a value may be anything. */
function isBody(value: unknown): value is EntryBody {
  if (!isObject(value)) return false;
  const isText = (one: unknown) => typeof one === 'string';
  const isCount = (one: unknown) => Number.isSafeInteger(one) && Number(one) >= 0;
  const isTexts = (one: unknown) => Array.isArray(one) && one.every(isText);
  const isFields = (one: unknown) => {
    return Array.isArray(one) && one.every((field) => isObject(field) && isText(field['field']));
  };
  const isOptional = (name: string, fits: (one: unknown) => boolean) => value[name] === undefined || fits(value[name]);
  return (
    [value['tool'], value['caller']].every(isText) &&
    isFields(value['fields']) &&
    isOptional('collateral', isFields) &&
    TEXTS.every((name) => isOptional(name, isText)) &&
    LISTS.every((name) => isOptional(name, isTexts)) &&
    isOptional('counts', (one) => isObject(one) && Object.values(one).every(isCount)) &&
    isOptional('people', isCount) &&
    isOptional('allOrNothing', (one) => one === true)
  );
}

/**
 * Parses a stored body. Text that is not byte for byte what `toBodyText` writes was altered in the database, and so was
 * what has another shape. It becomes a body that says so and matches no entry's hash, because an error would keep the
 * rest from being read.
 */
function fromBodyText(text: string): EntryBody {
  try {
    const body: unknown = parseJson(text);
    if (isBody(body) && canonicalJson(body) === text) return body;
  } catch {
    // No longer JSON: handled like any other alteration.
  }
  return { tool: UNREADABLE, caller: UNREADABLE, fields: [], message: 'This entry was altered in the database.' };
}
