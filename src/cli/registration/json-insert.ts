import type { Node } from 'jsonc-parser';
import { lineEndOf } from './edit.ts';

/** Inserting members into JSON text in the style of what is around them. */

/** A text with something inserted, and the lines of what was inserted. */
interface Inserted {
  text: string;
  lines: readonly string[];
}

/** A text without a value, which may have comments, with an object after them. */
export function newObject(text: string, value: unknown, lineEnd: string): Inserted {
  const lines = JSON.stringify(value, null, 2).split('\n');
  const isOpen = text !== '' && !/[\r\n]$/.test(text);
  return { text: `${text}${isOpen ? lineEnd : ''}${lines.join(lineEnd)}${lineEnd}`, lines };
}

/** Adds a member at the end of an object that lies in `root`. */
export function insertMember(text: string, root: Node, object: Node, key: string, value: unknown): Inserted {
  const gap = gapOf(text, object);
  const lineEnd = lineEndOf(text);
  const members = object.children ?? [];
  const isOneLine = !/[\r\n]/.test(text.slice(object.offset, object.offset + object.length));
  // An object without members lies on one line in a file that does not.
  if (isOneLine && (members.length > 0 || isOnOneLine(text, root))) return insertInLine(text, gap, key, value);
  const unit = unitOf(text, root);
  const own = indentAt(text, object.offset);
  const first = members[0];
  const indent = first && isFirstInLine(text, first.offset) ? indentAt(text, first.offset) : `${own}${unit}`;
  const [head = '', ...rest] = JSON.stringify(value, null, unit).split('\n');
  const lines = [`${indent}${JSON.stringify(key)}: ${head}`, ...rest.map((line) => `${indent}${line}`)];
  const closing = /[\r\n]/.test(text.slice(gap.end, gap.closing)) ? '' : `${lineEnd}${own}`;
  const added = `${lineEnd}${lines.join(lineEnd)}${gap.trailingComma ? ',' : ''}${closing}`;
  return { text: splice(text, gap, gap.needsComma ? ',' : '', added), lines: withoutIndent(lines, indent) };
}

function insertInLine(text: string, gap: MemberGap, key: string, value: unknown): Inserted {
  const line = `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  const isSpaced = gap.needsComma || gap.trailingComma;
  const added = `${isSpaced ? ' ' : ''}${line}${gap.trailingComma ? ',' : ''}`;
  return { text: splice(text, gap, gap.needsComma ? ',' : '', added), lines: [line] };
}

/** The place after the last member of an object. */
interface MemberGap {
  /** Behind the last member, where a comma goes. */
  member: number;
  /** Behind everything but white space: the comma and comments. */
  end: number;
  /** The closing brace. */
  closing: number;
  needsComma: boolean;
  trailingComma: boolean;
}

/** Between members there are only these, and white space. */
const BETWEEN = /,|\/\/[^\r\n]*|\/\*[^]*?\*\//g;

function gapOf(text: string, object: Node): MemberGap {
  const closing = object.offset + object.length - 1;
  const last = object.children?.at(-1);
  const member = last ? last.offset + last.length : object.offset + 1;
  let [end, trailingComma] = [member, false];
  for (const { 0: token, index } of text.slice(member, closing).matchAll(BETWEEN)) {
    if (token === ',') trailingComma = true;
    end = member + index + token.length;
  }
  return { member, end, closing, needsComma: last !== undefined && !trailingComma, trailingComma };
}

function splice(text: string, { member, end }: MemberGap, comma: string, added: string): string {
  return `${text.slice(0, member)}${comma}${text.slice(member, end)}${added}${text.slice(end)}`;
}

/** What one level is indented by: of the first member that begins a line, else two blanks. */
function unitOf(text: string, root: Node): string {
  const own = indentAt(text, root.offset);
  const first = (root.children ?? []).find(({ offset }) => isFirstInLine(text, offset));
  const indent = first === undefined ? '' : indentAt(text, first.offset);
  return indent.length > own.length && indent.startsWith(own) ? indent.slice(own.length) : '  ';
}

/** The white space that the line of this place begins with. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset)))?.[0] ?? '';
}

function isFirstInLine(text: string, offset: number): boolean {
  return /^[ \t]*$/.test(text.slice(lineStart(text, offset), offset));
}

function lineStart(text: string, offset: number): number {
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
}

/** Whether a document that has members lies on one line. */
function isOnOneLine(text: string, root: Node): boolean {
  return (root.children ?? []).length > 0 && !/[\r\n]/.test(text.slice(root.offset, root.offset + root.length));
}

function withoutIndent(lines: readonly string[], indent: string): string[] {
  return lines.map((line) => line.slice(indent.length));
}
