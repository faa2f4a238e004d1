import { isDeepStrictEqual } from 'node:util';
import {
  getNodeValue,
  type Node,
  type ParseError,
  type ParseErrorCode,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { type Addition, type Edit, EditError, lineEndOf, whatRuns } from './edit.ts';
import { insertMember, newObject } from './json-insert.ts';

/** Which JSON the client reads. */
export interface JsonRules {
  comments: boolean;
  trailingCommas: boolean;
}

/**
 * Adds an entry to JSON, with comments where the client accepts them. Text is only inserted, so that everything else
 * stays as it is, byte for byte. Throws an EditError for a text that the client would not read, a RangeError
 * for one that is nested too deeply.
 */
export function addToJson(text: string, addition: Addition, rules: JsonRules): Edit {
  const { servers, name, entry, newFile } = addition;
  const root = parse(text, rules);
  if (root === undefined) {
    const members = { ...newFile, [servers]: { [name]: entry } };
    return inserted(text, newObject(text, members, lineEndOf(text)), addition, rules);
  }
  if (root.type !== 'object') throw new EditError(`holds ${article(root.type)}, not an object`);
  const list = memberOf(root, servers, text);
  if (list === undefined)
    return inserted(text, insertMember(text, root, root, servers, { [name]: entry }), addition, rules);
  if (list.type !== 'object') {
    throw new EditError(`has ${article(list.type)} at "${servers}" (${placeOf(text, list.offset)}), not an object`);
  }
  const existing = memberOf(list, name, text);
  if (existing === undefined) return inserted(text, insertMember(text, root, list, name, entry), addition, rules);
  const value: unknown = getNodeValue(existing);
  return isDeepStrictEqual(toPlain(value), toPlain(entry))
    ? { kind: 'unchanged' }
    : { kind: 'occupied', runs: whatRuns(value) };
}

interface Insertion {
  text: string;
  lines: readonly string[];
}

/** Parses what was made of the text: the entry has to be where the client looks for it. */
function inserted(
  before: string,
  { text, lines }: Insertion,
  { servers, name, entry }: Addition,
  rules: JsonRules,
): Edit {
  const root = parse(text, rules);
  const list = root && memberOf(root, servers, text);
  const added = list && memberOf(list, name, text);
  if (!added || !isDeepStrictEqual(toPlain(getNodeValue(added)), toPlain(entry)) || !isWithin(before, text)) {
    throw new EditError('could not be extended without changing something else in it');
  }
  return { kind: 'added', text, lines };
}

/** Whether a text is left when parts of a longer one are taken out. */
function isWithin(part: string, whole: string): boolean {
  let at = 0;
  for (let index = 0; index < whole.length && at < part.length; index++) if (whole[index] === part[at]) at++;
  return at === part.length;
}

/** Undefined for a text without a value. */
function parse(text: string, { comments, trailingCommas }: JsonRules): Node | undefined {
  const errors: ParseError[] = [];
  const options = { disallowComments: !comments, allowTrailingComma: trailingCommas, allowEmptyContent: true };
  const root = parseTree(text, errors, options);
  const [first] = errors;
  if (first)
    throw new EditError(`is not JSON that the client reads: ${placeOf(text, first.offset)}, ${wordFor(first.error)}`);
  return root;
}

/** A member by its key. Throws an EditError if the key is there twice: programs differ in which one they take. */
function memberOf(object: Node, key: string, text: string): Node | undefined {
  const found = (object.children ?? []).filter(({ children }) => children?.[0]?.value === key);
  const second = found[1];
  if (second) throw new EditError(`has "${key}" twice (the second at ${placeOf(text, second.offset)})`);
  return found[0]?.children?.[1];
}

function placeOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

/** `PropertyNameExpected` → `property name expected`. */
function wordFor(code: ParseErrorCode): string {
  const name = printParseErrorCode(code);
  if (name === 'InvalidCommentToken') return 'comments are not accepted';
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

function article(type: string): string {
  return type === 'array' ? 'a list' : type === 'null' ? 'null' : `a ${type}`;
}

/** The parser makes objects without a prototype. */
function toPlain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
