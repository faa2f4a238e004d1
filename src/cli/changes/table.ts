import { moveText, quote } from '../../lib/text/quote.ts';
import type { ListedChange } from '../../store/log/entry.ts';
import type { Style } from '../colour.ts';
import { toTable, wrapAll } from '../table.ts';
import { shortIds } from './ids.ts';
import { toMinute } from './times.ts';

/** The width at which a change fits on one line. */
const ONE_LINE = 180;
/** The width at which what people search by fits on one line. */
const SEARCHED = 64;
/** The width at which whole ids fit. */
const WHOLE_IDS = 110;
/** A change with more lines is cut; `--json` has all of it. */
const MAX_LINES = 12;

/** Changes as a table for people, no wider than the terminal. */
export function toChangeTable(changes: readonly ListedChange[], width: number): string {
  return width >= ONE_LINE || width < SEARCHED ? toOneLineTable(changes, width) : toBlockTable(changes, width);
}

function toOneLineTable(changes: readonly ListedChange[], width: number): string {
  const head = ['WHEN (UTC)', 'OUTCOME', 'WHO', 'WHERE', 'USER', 'WHAT', 'WHY', 'CHANGE'];
  const ids = idsFor(changes, width);
  const cells = changes.map((change, at) => [
    toMinute(change.at),
    outcomeOf(change),
    whoOf(change),
    change.connection,
    change.userId,
    whatOf(change),
    whyOf(change) ?? '',
    ids[at] ?? change.changeId,
  ]);
  return toTable(head, cells, { width, uncut: [head.length - 1], styleOf });
}

/** One line with what people search by, then who, what and why, wrapped. */
function toBlockTable(changes: readonly ListedChange[], width: number): string {
  const ids = idsFor(changes, width);
  const head = ['WHEN (UTC)', 'OUTCOME', 'WHERE', 'USER', 'CHANGE'];
  const cells = changes.map((change, at) => {
    return [toMinute(change.at), outcomeOf(change), change.connection, change.userId, ids[at] ?? change.changeId];
  });
  const [first = '', ...rows] = toTable(head, cells, { width, uncut: [0, head.length - 1], styleOf }).split('\n');
  const blocks = changes.flatMap((change, at) => [rows[at] ?? '', ...detailsOf(change, width)]);
  return [first, ...blocks].join('\n');
}

/** Whole where they fit, else as short as `undo` still accepts. */
function idsFor(changes: readonly ListedChange[], width: number): string[] {
  const all = changes.map(({ changeId }) => changeId);
  return width >= WHOLE_IDS ? all : shortIds(all);
}

/** Outcomes are in the second column of both tables. */
function styleOf(cell: string, column: number): Style | undefined {
  return column === 1 ? OUTCOME_STYLES[cell] : undefined;
}

const OUTCOME_STYLES: Readonly<Record<string, Style>> = {
  updated: 'green',
  failed: 'red',
  conflict: 'red',
  unverified: 'red',
  open: 'yellow',
  denied: 'yellow',
  refused: 'yellow',
};

function detailsOf(change: ListedChange, width: number): string[] {
  const part = (title: string, text: string | undefined) => {
    const lines = text === undefined ? [] : wrapAll(text, width - 8);
    return lines.map((line, at) => `  ${(at === 0 ? title : '').padEnd(6)}${line}`.trimEnd());
  };
  const lines = [...part('who', whoOf(change)), ...part('what', whatOf(change)), ...part('why', whyOf(change))];
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES - 1), `  … ${lines.length - MAX_LINES + 1} more lines; --json has all of it`];
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
  const changes = body.fields.map(({ field, before, after }) => `${field}: ${moveText(quote(before), quote(after))}`);
  return [
    ...changes,
    ...(body.code === undefined ? [] : [changes.length === 0 ? body.code : `(${body.code})`]),
    ...(body.detail === undefined ? [] : [body.detail]),
    ...(body.undoes === undefined ? [] : [`undoes ${body.undoes}`]),
  ].join('; ');
}

function whyOf({ body }: ListedChange): string | undefined {
  return body.reason === undefined ? undefined : quote(body.reason);
}
