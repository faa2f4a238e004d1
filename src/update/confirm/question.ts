import { bounds } from '../../bounds.ts';
import { quote, quoteName, quotePieces, quoteStart } from '../../lib/text/quote.ts';
import type { PlanView } from '../redact/types.ts';
import type { Caller, Question } from '../types.ts';
import { allChangeLines } from './change-lines.ts';
import { countMoves } from './headline.ts';
import { nameToType } from './typed-name.ts';

export interface QuestionContext {
  providerTitle: string;
  caller: Caller;
  reason?: string;
  stripped: readonly string[];
  /** The change this undoes. */
  undoes?: string;
  /** E-mail addresses that tell users of the same name apart. */
  emails: readonly string[];
  /** Fields of an undo that changed since. */
  contested: readonly string[];
  /** Why the person is asked again. */
  askedAgain?: string;
}

/**
 * The question, one fact per line. Every foreign value is quoted, with control, bidirectional and invisible characters
 * escaped, so that no value can imitate a line of ours. Nothing of the change is cut. The first line has the start of a
 * long name or address; the last has the id.
 */
export function makeQuestion(view: PlanView<'person'>, context: QuestionContext): Question {
  const { contested } = context;
  return {
    message: questionLines(view, context).join('\n'),
    ...(needsTyping(view.changes) && { typed: nameToType(view) }),
    ...(contested.length > 0 && { contested }),
  };
}

/** Whether a yes alone is not enough: what is at stake has to be typed. */
export function needsTyping(changes: PlanView<'person'>['changes']): boolean {
  return changes.some(({ effect }) => ['identity', 'access', 'lifecycle'].includes(effect));
}

/** Whether a client’s form can show the whole question; clients cut or scroll longer ones. */
export function fitsClient({ message }: Question): boolean {
  return message.length <= 16_000 && message.split('\n').length <= bounds.questionLines;
}

/** The verified principal first; the client’s name is its own claim. */
export function askerText({ principal, client }: Caller): string {
  return client === undefined ? quote(principal) : `${quote(principal)}, whose client calls itself ${quote(client)}`;
}

function questionLines(view: PlanView<'person'>, context: QuestionContext): string[] {
  const emails = context.emails.slice(0, 2).map((email) => quoteStart(email));
  const who = [quoteStart(view.label), ...(emails.length > 0 ? [`(${emails.join(', ')})`] : [])].join(' ');
  return [
    ...(context.askedAgain === undefined ? [] : [context.askedAgain]),
    firstLine(view, `${who} at ${context.providerTitle}?`),
    ...view.warnings,
    ...allChangeLines(view.changes),
    ...context.contested.map((field) => `- ${field}: changed since by someone else; overwriting it needs its own yes`),
    ...context.stripped.map((field) => `- ${quoteName(field)}: left out by policy`),
    ...(context.undoes === undefined ? [] : [`This undoes change ${quote(context.undoes)}`]),
    ...askedBy(context),
    `Connection ${quote(view.connection)}, user ${quote(view.userId)}`,
  ];
}

/** Counts the changes on the first line, which no client hides: some show three lines of a longer question. */
function firstLine({ changes }: PlanView<'person'>, whom: string): string {
  const count = countMoves(changes);
  return count === 1 ? `Change ${whom}` : `Make ${count} changes to ${whom}`;
}

/** Who asks, and why; a long reason in parts. */
export function askedBy({ caller, reason }: Pick<QuestionContext, 'caller' | 'reason'>): string[] {
  const by = `Asked by ${askerText(caller)}`;
  if (reason === undefined) return [by];
  const pieces = quotePieces(reason);
  if (!pieces) return [`${by}, reason: ${quote(reason)}`];
  return [by, ...pieces.map((piece, at) => `Reason, part ${at + 1} of ${pieces.length}: ${piece}`)];
}
