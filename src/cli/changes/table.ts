import { moveText, quote } from '../../lib/text/quote.ts';
import type { ListedChange } from '../../store/log/entry.ts';
import { toTable, wrapAll } from '../table.ts';
import { shortIds } from './ids.ts';
import { toMinute } from './times.ts';

/** As wide a terminal leaves room for a change on one line. */
const ONE_LINE = 180;
/** As wide a terminal leaves room for whole ids, which people copy. */
const WHOLE_IDS = 110;
/** A change of more lines is cut there: `--json` has it whole. */
const MOST_LINES = 12;

/** Changes for people: when, outcome, who, whom, what and why, no wider than the terminal. */
export function toChangeTable(changes: readonly ListedChange[], width: number): string {
  return width >= ONE_LINE ? onOneLine(changes, width) : onSeveral(changes, width);
}

function onOneLine(changes: readonly ListedChange[], width: number): string {
  const head = ['WHEN (UTC)', 'OUTCOME', 'WHO', 'WHERE', 'USER', 'WHAT', 'WHY', 'CHANGE'];
  const cells = changes.map((change) => [
    toMinute(change.at),
    outcomeOf(change),
    whoOf(change),
    change.connection,
    change.userId,
    whatOf(change),
    whyOf(change) ?? '',
    change.changeId,
  ]);
  return toTable(head, cells, { width, whole: [head.length - 1] });
}

/** A line for what people look for, and below it who, what and why, whole. */
function onSeveral(changes: readonly ListedChange[], width: number): string {
  const all = changes.map(({ changeId }) => changeId);
  const ids = width >= WHOLE_IDS ? all : shortIds(all);
  const head = ['WHEN (UTC)', 'OUTCOME', 'WHERE', 'USER', 'CHANGE'];
  const cells = changes.map((change, at) => {
    return [toMinute(change.at), outcomeOf(change), change.connection, change.userId, ids[at] ?? change.changeId];
  });
  const [first = '', ...rows] = toTable(head, cells, { width, whole: [head.length - 1] }).split('\n');
  const blocks = changes.flatMap((change, at) => [rows[at] ?? '', ...detailsOf(change, width)]);
  return [first, ...blocks].join('\n');
}

function detailsOf(change: ListedChange, width: number): string[] {
  const part = (title: string, text: string | undefined) => {
    const lines = text === undefined ? [] : wrapAll(text, width - 8);
    return lines.map((line, at) => `  ${(at === 0 ? title : '').padEnd(6)}${line}`.trimEnd());
  };
  const lines = [...part('who', whoOf(change)), ...part('what', whatOf(change)), ...part('why', whyOf(change))];
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES - 1), `  … ${lines.length - MOST_LINES + 1} more lines; --json has all of it`];
}

function outcomeOf({ open, outcome }: ListedChange): string {
  return open ? 'open' : outcome;
}

function whoOf({ body }: ListedChange): string {
  return [
    body.caller,
    ...(body.approvedBy === undefined ? [] : [`approved by ${body.approvedBy}`]),
    ...(body.declinedBy === undefined ? [] : [`declined by ${body.declinedBy}`]),
  ].join(', ');
}

function whatOf({ body }: ListedChange): string {
  const moved = body.fields.map(({ field, before, after }) => `${field}: ${moveText(quote(before), quote(after))}`);
  return [
    ...moved,
    ...(body.code === undefined ? [] : [moved.length === 0 ? body.code : `(${body.code})`]),
    ...(body.detail === undefined ? [] : [body.detail]),
    ...(body.undoes === undefined ? [] : [`undoes ${body.undoes}`]),
  ].join('; ');
}

function whyOf({ body }: ListedChange): string | undefined {
  return body.reason === undefined ? undefined : quote(body.reason);
}
