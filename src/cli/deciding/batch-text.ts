import type { BatchSnapshot, PersonChange } from '../../approvals/snapshot.ts';
import { isRightToLeft, quote, quoteName } from '../../lib/text/quote.ts';
import { allChangeLines } from '../../update/confirm/change-lines.ts';
import { askedBy } from '../../update/confirm/question.ts';
import {
  ALL_OR_NOTHING,
  countByProvider,
  countText,
  othersText,
  peopleText,
  sharedConsequences,
  undoesText,
} from '../../update/confirm/summary.ts';
import { columnsOf, wrapAll } from '../table.ts';

const NARROW = 80;
const WIDE = 120;
const GAP = 2;
/** Starts every line that goes on with the one above: no value can begin a line that looks like ours. */
const CONTINUED = '| ';

/** A batch at the terminal: what it comes to, then everyone as a table, those at risk first. Nothing is cut. */
export function batchText(snapshot: BatchSnapshot, terminalWidth: number): string {
  const { changes, allOrNothing, undoes, notUndone, again, caller, client, reason } = snapshot;
  const width = Number.isFinite(terminalWidth) ? Math.min(WIDE, Math.max(NARROW, terminalWidth)) : NARROW;
  const by = { principal: caller, ...(client !== undefined && { client }) };
  const lines = [
    ...(again === undefined ? [] : [again]),
    `Change ${peopleText(changes.length)}?`,
    ...countByProvider(changes).map(countText),
    ...sharedConsequences(changes).map((one) => `${one.before}${quote(one.label)}${one.after}${othersText(one)}`),
    ...(allOrNothing ? [ALL_OR_NOTHING] : []),
    ...(undoes === undefined ? [] : [undoesText(undoes, notUndone)]),
    ...askedBy({ caller: by, ...(reason !== undefined && { reason }) }),
  ];
  return [...lines.flatMap((line) => wrapMarked(line, width)), '', ...peopleLines(changes, width)].join('\n');
}

function peopleLines(people: readonly PersonChange[], width: number): string[] {
  const left = Math.floor(width * 0.35);
  const right = width - left - GAP;
  const rows = people.map((person): [string[], string[]] => {
    const [who, what] = [whoLines(person), whatLines(person)];
    // Side by side, right-to-left text could be taken to stand in the other column.
    if ([...who, ...what].some(isRightToLeft))
      return [[], [...who, ...what].flatMap((line) => wrapMarked(line, width))];
    return [who.flatMap((line) => wrapMarked(line, left)), what.flatMap((line) => wrapMarked(line, right))];
  });
  const head = `${'WHO'.padEnd(left + GAP)}WHAT CHANGES`;
  return [head, ...rows.flatMap(([who, what], at) => [...(at === 0 ? [] : ['']), ...beside(who, what, left)])];
}

function beside(who: readonly string[], what: readonly string[], left: number): string[] {
  if (who.length === 0) return [...what];
  return Array.from({ length: Math.max(who.length, what.length) }, (_, at) => {
    const cell = who[at] ?? '';
    return `${cell}${' '.repeat(Math.max(0, left - columnsOf(cell)) + GAP)}${what[at] ?? ''}`.trimEnd();
  });
}

function whoLines({ label, emails, providerTitle, provider, connection, userId, line }: PersonChange): string[] {
  return [
    quote(label),
    ...emails.map((email) => quote(email)),
    `at ${providerTitle}${connection === provider ? '' : `, connection ${quote(connection)}`}`,
    `user ${quote(userId)}`,
    ...(line === undefined ? [] : [`line ${line}`]),
  ];
}

function whatLines({ warnings, changes, contested, stripped, undoes }: PersonChange): string[] {
  return [
    ...warnings,
    ...allChangeLines(changes),
    ...contested.map((field) => `- ${quoteName(field)}: changed since by someone else; a yes overwrites it`),
    ...stripped.map((field) => `- ${quoteName(field)}: left out by policy`),
    ...(undoes === undefined ? [] : [`This undoes change ${quote(undoes)}`]),
  ];
}

function wrapMarked(text: string, width: number): string[] {
  return wrapAll(text, width - CONTINUED.length).map((line, at) => (at === 0 ? line : CONTINUED + line));
}
