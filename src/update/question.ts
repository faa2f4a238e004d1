import { stringifyJson } from '../json.ts';
import { isObject, valueAt } from '../json-value.ts';
import { movedEntries } from './facets.ts';
import type { Caller, FieldView, PlanView, Question } from './types.ts';

const MAX_VALUE = 120;

/** What a change does to the person, said where it is more than a detail of the profile. */
export const EFFECTS: Readonly<Record<string, string>> = {
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
  /** What the vendor may change besides. */
  warnings?: readonly string[];
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
    ...context.emails.slice(0, 2).map((email) => quote(email)),
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
    ...(context.warnings ?? []).map((warning) => `  Warning: ${warning}`),
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

/** JSON-quoted, at most `most` characters, nothing in it that moves the cursor, reorders or hides text. */
export function quote(value: unknown, most = MAX_VALUE): string {
  if (value === undefined || value === null || value === '') return '(empty)';
  const quoted = escapeInvisible(stringifyJson(value));
  const points = [...quoted];
  if (points.length <= most) return quoted;
  // Both ends stand: two long values that differ at one of them must not look the same.
  const tail = Math.floor(most / 4);
  return `${points.slice(0, most - tail - 1).join('')}…${points.slice(-tail).join('')}`;
}

/** One line of what moves in a field. `list` counts entries; the ones that go and come follow it. */
export type Movement =
  | { kind: 'value'; name: string; before: unknown; after: unknown }
  | { kind: 'list'; name: string; before: number; after: number }
  | { kind: 'gone' | 'come'; entry: unknown };

/** `field: before → after`; of an object each moving key, of a list of objects each entry that comes or goes. */
export function movementsOf({ field, before, after, cleared }: FieldView): [Movement, ...Movement[]] {
  if (isObject(before) && isObject(after) && !cleared) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const [first, ...rest] = keys.map((key): Movement => {
      const name = `${field}.${/^\w{1,60}$/.test(key) ? key : quote(key)}`;
      return { kind: 'value', name, before: valueAt(before, [key]), after: valueAt(after, [key]) };
    });
    if (first !== undefined) return [first, ...rest];
  }
  const composite = [before, after].some((list) => Array.isArray(list) && list.some(isObject));
  if (composite && Array.isArray(before) && Array.isArray(after)) {
    const [gone, come] = movedEntries(before, after);
    return [
      { kind: 'list', name: field, before: before.length, after: after.length },
      ...gone.map((entry): Movement => ({ kind: 'gone', entry })),
      ...come.map((entry): Movement => ({ kind: 'come', entry })),
    ];
  }
  return [{ kind: 'value', name: field, before, after }];
}

/** Whether what was typed is what was asked for; surrounding blanks and Unicode composition do not count. */
export function isTyped(typed: string | undefined, wanted: string): boolean {
  const plain = (text: string) => text.normalize('NFC').trim().replace(/\s+/g, ' ');
  return typed !== undefined && plain(typed) === plain(wanted);
}

/** What has to be typed, in quotation marks and otherwise as it is typed: nothing in it is escaped. */
export function spelledOut(typed: string): string {
  return /["\\]/.test(typed) ? `“${typed}”` : `"${typed}"`;
}

function fieldLines(field: FieldView): string[] {
  const notes = [EFFECTS[field.effect], field.warning].filter((note) => note !== undefined);
  const note = notes.length > 0 ? `   (${notes.join('; ')})` : '';
  const [first, ...rest] = movementsOf(field).map(toLine);
  return [`${first}${note}`, ...rest];
}

function toLine(movement: Movement): string {
  switch (movement.kind) {
    case 'value':
      return `  ${movement.name}: ${quote(movement.before)} → ${quote(movement.after)}`;
    case 'list':
      return `  ${movement.name}: ${movement.before} → ${movement.after} entries, replaced whole`;
    case 'gone':
      return `    removed: ${quote(movement.entry)}`;
    case 'come':
      return `    added: ${quote(movement.entry)}`;
  }
}

/** The label where a person can type it, else the id. */
function typable(view: PlanView): string {
  const { label, userId } = view;
  return label.length <= 60 && escapeInvisible(label) === label ? label : userId;
}

/** Everything without a width of its own: controls, formats (bidi, zero-width), separators, fillers, private use. */
function escapeInvisible(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]|[^\P{Zs} ]|(?<=\p{M}{2})\p{M}/gu,
    (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
