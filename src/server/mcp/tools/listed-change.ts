import { bounds } from '../../../bounds.ts';
import { stringifyJson } from '../../../lib/json/json.ts';
import { isExact } from '../../../lib/json/json-value.ts';
import { moveText, quote } from '../../../lib/text/quote.ts';
import type { ListedChange, RecordedField } from '../../../store/log/entry.ts';
import { toPlain } from '../results.ts';

/**
 * Entries of the audit log as `list_changes` returns them: values cut at 60 characters, ten fields per entry, with how
 * much was left out. Values that are the same for every entry of a tool are omitted, to save tokens.
 */

/** Fields shown per entry. One with hundreds would crowd out all others. */
const SHOWN_FIELDS = 10;

/** The entry as structure. `isTerse` omits a connection that is named like its provider. */
export function toRow(
  row: ListedChange,
  above: ListedChange | undefined,
  { isTerse }: { isTerse: boolean },
): Record<string, unknown> {
  const { body } = row;
  const fields = shown(body.fields);
  const collateral = body.collateral && shown(body.collateral);
  const detail = body.detail === undefined ? undefined : cut(body.detail);
  return {
    change_id: row.changeId,
    at: toSecond(row.at),
    outcome: row.outcome,
    ...(row.open && { open: true }),
    provider: row.provider,
    ...(!(isTerse && row.connection === row.provider) && { connection: row.connection }),
    user_id: row.userId,
    ...(body.tool !== `${row.provider}_update_user` && { tool: body.tool }),
    caller: body.caller,
    // In a run of entries from one client, only the newest names it.
    ...(body.client !== undefined && body.client !== above?.body.client && { client: body.client }),
    ...given('reason', body.reason),
    changes: fields.map(toChange),
    ...more('more_changes', body.fields, fields),
    ...(body.stripped?.length && { stripped: body.stripped.slice(0, SHOWN_FIELDS) }),
    ...(collateral && {
      collateral: collateral.map(toChange),
      ...more('more_collateral', body.collateral, collateral),
    }),
    code: body.code,
    ...given('note', body.message),
    ...(detail && { detail: detail.value }),
    approved_by: body.approvedBy,
    declined_by: body.declinedBy,
    undoes: body.undoes,
    batch_id: body.batchId,
  };
}

/**
 * The entry as one line of text, under a heading if its day or user differs from the entry above. `isTerse` shortens long
 * user ids; the structure has them whole.
 */
export function toLines(
  row: ListedChange,
  above: ListedChange | undefined,
  { isTerse }: { isTerse: boolean },
): string[] {
  const { body } = row;
  const day = row.at.slice(0, 10);
  const isSameUser = above?.userId === row.userId && above.connection === row.connection;
  const where =
    row.connection === row.provider ? row.provider : `${row.provider}, connection ${quote(row.connection)},`;
  const heading = [
    ...(above?.at.slice(0, 10) === day ? [] : [`${day} (UTC)`]),
    ...(isSameUser ? [] : [`${where} user ${isTerse ? beginningOf(row.userId) : quote(row.userId)}:`]),
  ];
  const fields = shown(body.fields);
  const left = body.fields.length - fields.length;
  const what = [
    ...fields.map(({ field, before, after }) => `${nameOf(field)}: ${moveText(quoteCut(before), quoteCut(after))}`),
    ...(left > 0 ? [`${left} more fields`] : []),
    ...(body.fields.length === 0 && body.code !== undefined ? [body.code] : []),
  ];
  const approver = body.approvedBy ?? body.declinedBy;
  const verb = body.approvedBy === undefined ? 'declined' : 'approved';
  const by = [
    `by ${nameOf(body.caller)}${reasonOf(body.reason, above?.body.reason)}`,
    ...(approver === undefined ? [] : [`${verb} by ${nameOf(approver)}`]),
  ];
  const time = row.at.slice(11, 16);
  const outcome = row.open ? `${row.outcome} (open)` : row.outcome;
  return [...heading, `${time} ${outcome} ${[...what, ...by].join('; ')} [${row.changeId}]`];
}

function reasonOf(reason: string | undefined, above: string | undefined): string {
  if (reason === undefined) return '';
  return reason === above ? ', same reason' : `, reason ${quoteCut(reason)}`;
}

function beginningOf(id: string): string {
  return id.length > 12 ? `${quote(id.slice(0, 8))}…` : quote(id);
}

function shown(fields: readonly RecordedField[]): readonly RecordedField[] {
  return fields.slice(0, SHOWN_FIELDS);
}

function more(name: string, all: readonly unknown[] | undefined, listed: readonly unknown[]): Record<string, number> {
  const left = (all?.length ?? 0) - listed.length;
  return left > 0 ? { [name]: left } : {};
}

function toChange({ field, before, after }: RecordedField): Record<string, unknown> {
  const [old, target] = [cut(before), cut(after)];
  const left = {
    ...(old.left > 0 && { before: old.left }),
    ...(target.left > 0 && { after: target.left }),
  };
  return {
    field: cut(field).value,
    before: old.value,
    after: target.value,
    ...(old.left + target.left > 0 && { characters_left_out: left }),
  };
}

function given(name: string, text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  const { value, left } = cut(text);
  return { [name]: value, ...(left > 0 && { [`${name}_characters_left_out`]: left }) };
}

/** The start of a value (of its JSON, for a list or an object), and how many characters are left out. */
function cut(value: unknown): { value: unknown; left: number } {
  const isPlain = typeof value !== 'object' || value === null || isExact(value);
  const text = typeof value === 'string' ? value : isPlain ? undefined : stringifyJson(value);
  if (text === undefined) return { value: toPlain(value), left: 0 };
  if (text.length <= bounds.listValueCharacters) return { value: toPlain(value), left: 0 };
  const points = Array.from(text.slice(0, 2 * bounds.listValueCharacters))
    .slice(0, bounds.listValueCharacters)
    .join('');
  const left = Array.from(text.slice(points.length)).length;
  return left > 0 ? { value: points, left } : { value: toPlain(value), left };
}

function quoteCut(value: unknown): string {
  const { value: beginning, left } = cut(value);
  return left > 0 ? `${quote(beginning)} (+${left} characters)` : quote(beginning);
}

/** Names are almost always plain words. Anything else is quoted, so that it cannot look like our text. */
function nameOf(name: string): string {
  return /^[\w.@:-]{1,60}$/.test(name) ? name : quoteCut(name);
}

function toSecond(at: string): string {
  return at.replace(/\.\d+Z$/, 'Z');
}

/** The whole entry for scripts: under the contract's names, without what only the hash chain needs. */
export function toListed(row: ListedChange): Record<string, unknown> {
  const { body } = row;
  return {
    change_id: row.changeId,
    at: row.at,
    outcome: row.outcome,
    ...(row.open && { open: true }),
    provider: row.provider,
    connection: row.connection,
    user_id: row.userId,
    tool: body.tool,
    caller: body.caller,
    client: body.client,
    reason: body.reason,
    changes: body.fields.map(({ field, before, after }) => ({ field, before, after })),
    stripped: body.stripped,
    collateral: body.collateral?.map(({ field, before, after }) => ({ field, before, after })),
    code: body.code,
    note: body.message,
    approved_by: body.approvedBy,
    declined_by: body.declinedBy,
    undoes: body.undoes,
    batch_id: body.batchId,
  };
}
