import { type ExpectedToken, reasonAt } from './reasons.ts';

/** Offsets of a value in the text, in UTF-16 units. */
export interface Node {
  /** The offset of its key, for a member of an object. */
  key?: number;
  value: number;
}

export interface JsonText {
  value: unknown;
  /** Every value by its path as messages write it, `policy.rules[0].field`; the path of the whole is empty. */
  nodes: ReadonlyMap<string, Node>;
}

/**
 * Why and where a text is not JSON, or is JSON that we reject. Never contains a part of the text that may be a value.
 */
export class JsonFault extends Error {
  /** In UTF-16 units. */
  readonly offset: number;
  /** False for valid JSON that we reject. */
  readonly isSyntax: boolean;

  constructor(message: string, { offset, isSyntax }: { offset: number; isSyntax: boolean }) {
    super(message);
    this.offset = offset;
    this.isSyntax = isSyntax;
  }
}

/** No real configuration is this deep. Without a bound, a file of a few kilobytes overflows the stack. */
const MAX_DEPTH = 64;

/** Parses JSON (RFC 8259) in which no key is repeated. Throws a JsonFault. */
export function parseJsonText(text: string): JsonText {
  const nodes = new Map<string, Node>();
  let at = 0;

  function skip(): void {
    while (/[ \t\n\r]/.test(text[at] ?? '')) at++;
  }

  function fail(expected: ExpectedToken): never {
    throw new JsonFault(reasonAt(text, at, expected), { offset: at, isSyntax: true });
  }

  function refuse(message: string, offset: number): never {
    throw new JsonFault(message, { offset, isSyntax: false });
  }

  function readValue(path: string, depth: number, key?: number): unknown {
    skip();
    nodes.set(path, { ...(key !== undefined && { key }), value: at });
    if (depth > MAX_DEPTH) refuse(`is nested more than ${MAX_DEPTH} levels deep`, at);
    const first = text[at];
    if (first === '{') return readObject(path, depth);
    if (first === '[') return readArray(path, depth);
    if (first === '"') return readString();
    return readWord();
  }

  function readObject(path: string, depth: number): Record<string, unknown> {
    const members: [string, unknown][] = [];
    const seen = new Set<string>();
    readList('}', () => {
      const start = at;
      if (text[at] !== '"') fail('key');
      const key = readString();
      const shown = JSON.stringify(key.length > 64 ? `${key.slice(0, 64)}…` : key);
      if (key === '__proto__') refuse('"__proto__" cannot be a key', start);
      if (seen.has(key)) refuse(`${shown} appears twice; remove one of the two`, start);
      seen.add(key);
      skip();
      if (text[at] !== ':') fail('colon');
      at++;
      members.push([key, readValue(path === '' ? key : `${path}.${key}`, depth + 1, start)]);
    });
    return Object.fromEntries(members);
  }

  function readArray(path: string, depth: number): unknown[] {
    const entries: unknown[] = [];
    readList(']', () => {
      entries.push(readValue(`${path}[${entries.length}]`, depth + 1));
    });
    return entries;
  }

  /** Entries between commas, up to the closing bracket. */
  function readList(end: '}' | ']', readEntry: () => void): void {
    at++;
    skip();
    if (text[at] === end) return void at++;
    for (;;) {
      skip();
      if (text[at] === end || text[at] === undefined) fail(end === '}' ? 'key' : 'value');
      readEntry();
      skip();
      if (text[at] === end) return void at++;
      if (text[at] !== ',') fail('comma');
      at++;
    }
  }

  function readString(): string {
    const start = at++;
    while (text[at] !== '"') {
      if (text[at] === undefined)
        throw new JsonFault('this string has no closing quotation mark', { offset: start, isSyntax: true });
      if (text[at] === '\\') readEscape();
      else if ((text[at] ?? '') < ' ') fail('character');
      else at++;
    }
    at++;
    return JSON.parse(text.slice(start, at)) as string;
  }

  function readEscape(): void {
    const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
    escape.lastIndex = at;
    if (!escape.test(text)) fail('escape');
    at = escape.lastIndex;
  }

  function readWord(): unknown {
    const word = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
    word.lastIndex = at;
    const found = word.exec(text)?.[0];
    if (found === undefined) fail('value');
    at = word.lastIndex;
    return JSON.parse(found);
  }

  const value = readValue('', 0);
  skip();
  if (at < text.length) fail('end');
  return { value, nodes };
}
