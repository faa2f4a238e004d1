import { isObject, type JsonValue } from '../../json.ts';
import { attributeOf, isSameName } from './schemas.ts';

/** RFC 7644 section 3.4.2.2. */
export type Filter =
  | { kind: 'compare'; path: readonly string[]; operator: string; value: JsonValue }
  | { kind: 'present'; path: readonly string[] }
  | { kind: 'within'; path: readonly string[]; inner: Filter }
  | { kind: 'not'; inner: Filter }
  | { kind: 'and' | 'or'; left: Filter; right: Filter };

const TOKEN = /\s*(\(|\)|\[|\]|"(?:[^"\\]|\\.)*"|[^\s()[\]"]+)/y;
const OPERATORS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'];

/** Reads a filter; undefined if it is not one. */
export function parseFilter(text: string): Filter | undefined {
  const tokens = tokensOf(text);
  if (!tokens) return undefined;
  try {
    const reader = new FilterReader(tokens);
    const filter = reader.either();
    return reader.isDone ? filter : undefined;
  } catch (error) {
    if (error instanceof NotAFilter) return undefined;
    throw error;
  }
}

/** Whether a value (a resource, or an entry of a list) matches. */
export function isMatch(value: JsonValue, filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
      return isMatch(value, filter.left) && isMatch(value, filter.right);
    case 'or':
      return isMatch(value, filter.left) || isMatch(value, filter.right);
    case 'not':
      return !isMatch(value, filter.inner);
    case 'present':
      return at(value, filter.path).some((found) => found !== null && found !== '');
    case 'within':
      return at(value, filter.path).some((found) => isMatch(found, filter.inner));
    case 'compare':
      return at(value, filter.path).some((found) => compare(simple(found), filter));
  }
}

class NotAFilter extends Error {}

class FilterReader {
  private index = 0;
  private readonly tokens: readonly string[];

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  get isDone(): boolean {
    return this.index === this.tokens.length;
  }

  either(): Filter {
    let left = this.both();
    while (this.takes('or')) left = { kind: 'or', left, right: this.both() };
    return left;
  }

  private both(): Filter {
    let left = this.single();
    while (this.takes('and')) left = { kind: 'and', left, right: this.single() };
    return left;
  }

  private single(): Filter {
    if (this.takes('not')) {
      this.expect('(');
      return { kind: 'not', inner: this.until(')') };
    }
    if (this.takes('(')) return this.until(')');
    const path = toPath(this.next());
    if (this.takes('[')) return { kind: 'within', path, inner: this.until(']') };
    if (this.takes('pr')) return { kind: 'present', path };
    const operator = this.next().toLowerCase();
    if (!OPERATORS.includes(operator)) throw new NotAFilter();
    return { kind: 'compare', path, operator, value: toValue(this.next()) };
  }

  private until(end: string): Filter {
    const inner = this.either();
    this.expect(end);
    return inner;
  }

  private next(): string {
    const token = this.tokens[this.index];
    if (token === undefined) throw new NotAFilter();
    this.index += 1;
    return token;
  }

  private expect(token: string): void {
    if (!this.takes(token)) throw new NotAFilter();
  }

  private takes(token: string): boolean {
    if (this.tokens[this.index]?.toLowerCase() !== token) return false;
    this.index += 1;
    return true;
  }
}

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}

/** `emails.value` as its keys; a URN in front of a name is one key. */
function toPath(token: string): string[] {
  const match = /^(?:(urn:.+):)?([A-Za-z$][\w$-]*)(?:\.([A-Za-z$][\w$-]*))?$/i.exec(token);
  if (!match) throw new NotAFilter();
  return match.slice(1).filter((part) => part !== undefined);
}

/** A comparison value is a JSON literal. */
function toValue(token: string): JsonValue {
  try {
    return JSON.parse(token) as JsonValue;
  } catch {
    throw new NotAFilter();
  }
}

/** The values at a path; every entry of a list counts. */
function at(value: JsonValue, path: readonly string[]): JsonValue[] {
  if (Array.isArray(value)) return value.flatMap((entry) => at(entry, path));
  const [name, ...rest] = path;
  if (name === undefined) return [value];
  if (!isObject(value)) return [];
  return Object.entries(value)
    .filter(([key]) => isSameName(key, name))
    .flatMap(([, found]) => at(found, rest));
}

/** A complex value of a list stands for its `value`. */
function simple(value: JsonValue): JsonValue {
  return isObject(value) ? (value['value'] ?? null) : value;
}

function compare(found: JsonValue, { path, operator, value }: Filter & { kind: 'compare' }): boolean {
  if (typeof found !== 'string' || typeof value !== 'string') {
    return operator === 'eq' ? found === value : operator === 'ne' && found !== value;
  }
  const exact = attributeOf(undefined, path[0] ?? '')?.caseExact;
  const [a, b] = exact ? [found, value] : [found.toLowerCase(), value.toLowerCase()];
  switch (operator) {
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'co':
      return a.includes(b);
    case 'sw':
      return a.startsWith(b);
    case 'ew':
      return a.endsWith(b);
    case 'gt':
      return a > b;
    case 'ge':
      return a >= b;
    case 'lt':
      return a < b;
    default:
      return a <= b;
  }
}
