import { quoteNames } from '../../lib/text/quote.ts';
import type { Consequence, Effect } from '../../providers/effects.ts';
import type { ChangeView, Headline, PlanView } from '../redact/types.ts';

/** What comes first for the person who decides: the consequence in one line, and the changes that are a risk. */

/** Effects that are a risk, in the order in which their changes are shown. */
const RISKS: readonly Effect[] = ['lifecycle', 'access', 'identity', 'secret'];

/** Whether a change of this effect is a risk: to the account, its rights, or how the user signs in. */
export function isRisky({ effect }: { effect: Effect }): boolean {
  return RISKS.includes(effect);
}

/** The changes in the order in which people see them: those that are a risk first. */
export function riskyFirst<T extends { effect: Effect }>(changes: readonly T[]): T[] {
  const risky = RISKS.flatMap((risk) => changes.filter(({ effect }) => effect === risk));
  return [...risky, ...changes.filter((change) => !isRisky(change))];
}

/** How many things change: each entry of a list that is added or removed counts. */
export function countMoves(changes: readonly Pick<ChangeView<'person'>, 'list' | 'exact' | 'after'>[]): number {
  const moves = changes.map(({ list, exact, after }) => {
    const ends = exact && !Array.isArray(after);
    return list ? list.removed.length + list.added.length + Number(list.reordered) + Number(ends ?? false) || 1 : 1;
  });
  return moves.reduce((sum, each) => sum + each, 0);
}

/** The headline of a request: the text before the name of the user, and the text behind it. */
export function headlineParts(
  { headline, changes }: Pick<PlanView<'person'>, 'headline' | 'changes'>,
  title: string,
): [before: string, after: string] {
  const fields = changes.map(({ field }) => field);
  if (!headline) {
    const what = fields.length === 1 ? quoteNames(fields) : `${fields.length} fields`;
    return [`Changes ${what} of `, ` at ${title}`];
  }
  const [before, after] = SENTENCES[headline.consequence](title, headline);
  const others = countMoves(changes.filter(({ field }) => !isAmong(field, headline.fields)));
  const more = others === 0 ? '' : `, and makes ${others} other ${others === 1 ? 'change' : 'changes'}`;
  return [before, after + more];
}

/** A leaf has the path of its field at its start. */
function isAmong(leaf: string, fields: readonly string[]): boolean {
  return fields.some((field) => leaf === field || leaf.startsWith(`${field}.`));
}

type Sentence = (title: string, headline: Headline) => [before: string, after: string];

const setsSecret: Sentence = (title, { fields }) => [`Sets a new ${quoteNames(fields)} for `, ` at ${title}`];

const SENTENCES: Record<Consequence, Sentence> = {
  deletes: (title) => ['Deletes ', ` at ${title}`],
  restores: (title) => ['Restores the deleted account of ', ` at ${title}`],
  lifecycle_gains: (title) => ['Gives ', `’s access back at ${title}`],
  lifecycle_loses: (title) => ['Takes ', `’s access away at ${title}`],
  lifecycle_changes: (title) => ['Changes whether ', ` has access at ${title}`],
  access_gains: (title) => ['Gives ', ` access or rights at ${title}`],
  access_loses: (title) => ['Takes access or rights away from ', ` at ${title}`],
  access_changes: (title) => ['Changes the access or rights of ', ` at ${title}`],
  identity_gains: (title) => ['Gives ', ` something new to sign in with at ${title}`],
  identity_loses: (title) => ['Takes away something that ', ` signs in with at ${title}`],
  identity_changes: (title) => ['Changes what ', ` signs in with at ${title}`],
  secret_gains: setsSecret,
  secret_changes: setsSecret,
  secret_loses: (title, { fields }) => [`Removes ${quoteNames(fields)} of `, ` at ${title}`],
};
