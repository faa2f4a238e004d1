import { stringifyJson } from '../json.ts';
import { isObject, valueAt } from '../providers/provider.ts';
import type { Caller, FieldView, PlanView, Question } from './types.ts';

const MAX_VALUE = 120;

/** What a change does to the person, said where it is more than a detail of the profile. */
const EFFECTS: Readonly<Record<string, string>> = {
  identity: 'changes what this person signs in with',
  access: 'changes what this person may do',
  lifecycle: 'may take away or give back this person’s access',
  secret: 'sets a new secret',
};

export interface QuestionContext {
  providerTitle: string;
  caller: Caller;
  reason?: string;
  stripped: readonly string[];
  /** The change this undoes. */
  undoes?: string;
  /** Addresses that tell namesakes apart. */
  emails: readonly string[];
  /** Fields of an undo that somebody changed since. */
  contested: readonly string[];
  /** Why the person sees this a second time. */
  again?: string;
}

/**
 * The question, one line a fact, rendered from our own data. Every foreign value stands JSON-quoted on its own line
 * with control, bidirectional and invisible characters escaped, so that no value can draw a line that looks like ours.
 */
export function makeQuestion(view: PlanView, context: QuestionContext): Question {
  const where = [
    `connection ${quote(view.connection)}`,
    `user ${quote(view.userId)}`,
    ...context.emails.slice(0, 2).map(quote),
  ];
  const by = [`Asked by ${asker(context.caller)}`];
  if (context.undoes !== undefined) by.push(`to undo change ${quote(context.undoes)}`);
  if (context.reason !== undefined) by.push(`reason: ${quote(context.reason)}`);
  const lines = [
    ...(context.again === undefined ? [] : [context.again]),
    `Update ${quote(view.label)} at ${context.providerTitle}?   ${where.join(', ')}`,
    ...view.fields.flatMap(fieldLines),
    ...context.contested.map((field) => `  ${field}: somebody changed it since; it needs a yes of its own`),
    ...context.stripped.map((field) => `  ${field}: left out by policy`),
    by.join(', '),
  ];
  const typed = view.fields.some((field) => ['identity', 'access', 'lifecycle'].includes(field.effect));
  return {
    message: lines.join('\n'),
    ...(typed && { typed: typable(view) }),
    ...(context.contested.length > 0 && { contested: context.contested }),
  };
}

/** Who is known to call stands first; on stdio nobody is, and the client's own name is all there is. */
function asker({ principal, client }: Caller): string {
  if (client === undefined) return quote(principal);
  return principal === 'local' ? quote(client) : `${quote(principal)}, client ${quote(client)}`;
}

/** JSON-quoted, at most 120 characters, nothing in it that moves the cursor, reorders or hides text. */
export function quote(value: unknown): string {
  if (value === undefined || value === null || value === '') return '(empty)';
  const quoted = escapeInvisible(stringifyJson(value));
  const points = [...quoted];
  if (points.length <= MAX_VALUE) return quoted;
  return `${points.slice(0, MAX_VALUE - 3).join('')}…${typeof value === 'string' ? '"' : ''}`;
}

/** Whether what was typed is what was asked for; surrounding blanks and Unicode composition do not count. */
export function isTyped(typed: string | undefined, wanted: string): boolean {
  const plain = (text: string) => text.normalize('NFC').trim().replace(/\s+/g, ' ');
  return typed !== undefined && plain(typed) === plain(wanted);
}

function fieldLines(field: FieldView): string[] {
  const notes = [EFFECTS[field.effect], field.warning].filter((note) => note !== undefined);
  const note = notes.length > 0 ? `   (${notes.join('; ')})` : '';
  const [first, ...rest] = movements(field);
  return [`${first}${note}`, ...rest];
}

/** `field: before → after`; of an object each moving key, of a list each entry that comes or goes. */
function movements({ field, before, after, cleared }: FieldView): [string, ...string[]] {
  const line = (name: string, from: unknown, to: unknown) => `  ${name}: ${quote(from)} → ${quote(to)}`;
  if (isObject(before) && isObject(after) && !cleared) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const lines = keys.map((key) => {
      const name = /^\w{1,60}$/.test(key) ? key : quote(key);
      return line(`${field}.${name}`, valueAt(before, [key]), valueAt(after, [key]));
    });
    const [first, ...rest] = lines;
    if (first !== undefined) return [first, ...rest];
  }
  const composite = [before, after].some((list) => Array.isArray(list) && list.some(isObject));
  if (composite && Array.isArray(before) && Array.isArray(after)) {
    const [old, wanted] = [before.map(stringifyJson), after.map(stringifyJson)];
    const gone = before.filter((_, index) => !wanted.includes(old[index] ?? ''));
    const come = after.filter((_, index) => !old.includes(wanted[index] ?? ''));
    const summary = `  ${field}: ${before.length} → ${after.length} entries, replaced whole`;
    return [
      summary,
      ...gone.map((entry) => `    removed: ${quote(entry)}`),
      ...come.map((entry) => `    added: ${quote(entry)}`),
    ];
  }
  return [line(field, before, after)];
}

/** The label where a person can type it, else the id. */
function typable(view: PlanView): string {
  const label = view.label;
  const plain = label.length <= 60 && escapeInvisible(stringifyJson(label)) === stringifyJson(label);
  return plain && !/["\\\n]/.test(label) ? label : view.userId;
}

/** Everything without a width of its own: controls, formats (bidi, zero-width), separators, fillers, private use. */
function escapeInvisible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]|[^\P{Zs} ]|(?<=\p{M}{2})\p{M}/gu,
    (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
