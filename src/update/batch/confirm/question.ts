import { quote, quoteName, quoteStart } from '../../../lib/text/quote.ts';
import { allChangeLines } from '../../confirm/change-lines.ts';
import { isRisky, riskyFirst } from '../../confirm/headline.ts';
import { askedBy, needsTyping } from '../../confirm/question.ts';
import { ALL_OR_NOTHING, countByProvider, countText, peopleText, undoesText } from '../../confirm/summary.ts';
import type { Question } from '../../types.ts';
import type { PlannedChange } from '../plan/types.ts';
import type { BatchCall } from '../types.ts';

/**
 * One question about all planned changes: how many at which provider and of which effect, then every line of every person,
 * those at risk first. Nothing is cut.
 */
export function batchQuestion(batch: BatchCall, planned: readonly PlannedChange[], askedAgain?: string): Question {
  const contested = planned.flatMap(({ view, contested }) =>
    contested.map((field) => `${field} of ${quote(view.label)}`),
  );
  return {
    message: [
      ...(askedAgain === undefined ? [] : [askedAgain]),
      ...countLines(planned),
      ...conditionLines(batch),
      ...riskyPeopleFirst(planned).flatMap(personLines),
      ...askedBy(batch),
    ].join('\n'),
    ...(needsTyping(planned.flatMap(({ view }) => view.changes)) && { typed: String(planned.length) }),
    ...(contested.length > 0 && { contested }),
  };
}

/** What else a yes is to. */
export function conditionLines(batch: BatchCall): string[] {
  return [...(batch.allOrNothing ? [ALL_OR_NOTHING] : []), ...undoLines(batch)];
}

/** `Change 38 user records?`, then how many at each provider, and how many of each effect. */
export function countLines(planned: readonly PlannedChange[]): string[] {
  const people = planned.map(({ view, call }) => ({ ...view, providerTitle: call.connection.provider.title }));
  return [`Change ${peopleText(planned.length)}?`, ...countByProvider(people).map(countText)];
}

/** People with a risky change first, else in the order of the call. */
export function riskyPeopleFirst(planned: readonly PlannedChange[]): PlannedChange[] {
  const weighted = planned.map((one) => ({ one, effect: riskyFirst(one.view.changes)[0]?.effect ?? 'ordinary' }));
  return riskyFirst(weighted).map(({ one }) => one);
}

/** Whether any change of this person is a risk. */
export function isPersonAtRisk({ view }: Pick<PlannedChange, 'view'>): boolean {
  return view.changes.some(isRisky);
}

/** Who is meant, then everything that changes about this person. */
export function personLines({ view, emails, contested, verdict, call, line }: PlannedChange): string[] {
  const shown = emails.slice(0, 2).map((email) => quoteStart(email));
  const who = [quoteStart(view.label), ...(shown.length > 0 ? [`(${shown.join(', ')})`] : [])].join(' ');
  const { undo } = call.request;
  return [
    `${line === undefined ? '' : `Line ${line}: `}${who} at ${call.connection.provider.title}, connection ${quote(view.connection)}, user ${quote(view.userId)}:`,
    ...view.warnings,
    ...allChangeLines(view.changes),
    ...contested.map((field) => `- ${field}: changed since by someone else; overwriting it needs its own yes`),
    ...verdict.stripped.map((field) => `- ${quoteName(field)}: left out by policy`),
    ...(undo ? [`This undoes change ${quote(undo.changeId)}`] : []),
  ];
}

function undoLines({ undoes, notUndone }: BatchCall): string[] {
  return undoes === undefined ? [] : [undoesText(undoes, notUndone)];
}
