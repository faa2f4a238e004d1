import { isRightToLeft, quote, quoteExactly, quoteName, quotePieces } from '../../lib/text/quote.ts';
import type { ChangeView } from '../redact/types.ts';
import { isRisky, riskyFirst } from './headline.ts';
import { referenceNote } from './references.ts';

/**
 * The lines of all changes: those that are a risk first. A line above says so where there are others too; where there are
 * none, the sentences about the consequences stand right above them.
 */
export function allChangeLines(changes: readonly ChangeView<'person'>[]): string[] {
  const ordered = riskyFirst(changes);
  const risks = ordered.filter(isRisky).flatMap(changeLines);
  const others = ordered.filter((change) => !isRisky(change)).flatMap(changeLines);
  const isMixed = risks.length > 0 && others.length > 0;
  return isMixed ? ['Risks:', ...risks, 'Other changes:', ...others] : [...risks, ...others];
}

/**
 * The lines of a change in a question: one for each value that changes and each list entry that is added or removed.
 * Nothing is cut: a long text continues on lines of its own, each marked as a part. Words and arrows mark before and
 * after, never white space or the side of a line, which right-to-left text would swap.
 */
function changeLines(change: ChangeView<'person'>): string[] {
  const name = quoteName(change.place ?? change.field);
  if (change.asked) return [`- ${name}: a new value, typed in by an approver`];
  return change.list ? listLines(change, change.list, name) : valueLines(change, name);
}

function listLines(
  change: ChangeView<'person'>,
  list: NonNullable<ChangeView<'person'>['list']>,
  name: string,
): string[] {
  const { before, after, exact } = change;
  const named = (entry: unknown) => quoteExactly(entry) + referenceNote(change, entry, true);
  // In a free-form object a list may also replace a value that is not a list.
  const starts = exact && !Array.isArray(before) && (before !== undefined || isEmptyList(after));
  const ends = exact && !Array.isArray(after);
  return [
    ...(starts ? [`- ${name}: ${quoteExactly(before)} → []`] : []),
    ...list.removed.flatMap((entry) => sideLines(`${name} loses`, entry, named(entry), exact)),
    ...list.added.flatMap((entry) => sideLines(`${name} gains`, entry, named(entry), exact)),
    ...(list.reordered ? [`- ${name}: its entries change places`, ...bothSides(change, `${name} in order`)] : []),
    ...(ends ? [`- ${name}: [] → ${quoteExactly(after)}`] : []),
  ];
}

function valueLines(change: ChangeView<'person'>, name: string): string[] {
  const sides = [change.before, change.after];
  const [before, after] = sides.map((value) => shown(change, value));
  const isShort = sides.every((value) => quotePieces(value) === undefined);
  const isOneWay = ![before, after].some((text) => isRightToLeft(text ?? ''));
  return isShort && isOneWay ? [`- ${name}: ${before} → ${after}`] : bothSides(change, name);
}

function bothSides(change: ChangeView<'person'>, what: string): string[] {
  return [
    ...sideLines(`${what} before`, change.before, shown(change, change.before), change.exact),
    ...sideLines(`${what} after`, change.after, shown(change, change.after), change.exact),
  ];
}

function sideLines(what: string, value: unknown, whole: string, exact = false): string[] {
  const pieces = quotePieces(value, exact);
  if (!pieces) return [`- ${what}: ${whole}`];
  return pieces.map((piece, at) => `- ${what}, part ${at + 1} of ${pieces.length}: ${piece}`);
}

function shown(change: ChangeView<'person'>, value: unknown): string {
  return (change.exact ? quoteExactly(value) : quote(value)) + referenceNote(change, value, true);
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
