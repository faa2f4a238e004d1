import type { JsonRecord } from '../../json.ts';

type Predicate = (user: JsonRecord) => boolean;
type Operand = (user: JsonRecord) => string;

const FIELDS = ['firstName', 'lastName', 'position', 'title', 'gender', 'language'];

/** The fields `orderby` accepts. */
export const SORTABLE: readonly string[] = [...FIELDS, 'createdOn', 'updatedOn'];

/** Thrown for an expression that this vendor cannot evaluate. */
export class InvalidFilter extends Error {}

/**
 * The part of `filterby` that is documented to work on users, after fern/pages/filtering.mdx of
 * https://github.com/awork-io/developer-docs: `eq`, `startswith`, `substringof`, `tolower`, `and`, `or`, parentheses.
 * `any(...)` over contact infos has no documented example, so the sandbox rejects it: searching by e-mail needs another
 * way. Throws {@link InvalidFilter}.
 */
export function parseFilter(text: string): Predicate {
  const tokens = new Tokens(text);
  const predicate = parseOr(tokens);
  tokens.end();
  return predicate;
}

function parseOr(tokens: Tokens): Predicate {
  const parts = [parseAnd(tokens)];
  while (tokens.take('or')) parts.push(parseAnd(tokens));
  return (user) => parts.some((part) => part(user));
}

function parseAnd(tokens: Tokens): Predicate {
  const parts = [parseTerm(tokens)];
  while (tokens.take('and')) parts.push(parseTerm(tokens));
  return (user) => parts.every((part) => part(user));
}

function parseTerm(tokens: Tokens): Predicate {
  if (tokens.take('(')) {
    const inner = parseOr(tokens);
    tokens.expect(')');
    return inner;
  }
  if (tokens.take('startswith')) {
    const [whole, start] = parsePair(tokens);
    return (user) => whole(user).startsWith(start(user));
  }
  if (tokens.take('substringof')) {
    // The part comes first, the whole second: the reverse of startswith.
    const [part, whole] = parsePair(tokens);
    return (user) => whole(user).includes(part(user));
  }
  const left = parseOperand(tokens);
  tokens.expect('eq');
  const right = parseOperand(tokens);
  return (user) => left(user) === right(user);
}

function parsePair(tokens: Tokens): [Operand, Operand] {
  tokens.expect('(');
  const first = parseOperand(tokens);
  tokens.expect(',');
  const second = parseOperand(tokens);
  tokens.expect(')');
  return [first, second];
}

function parseOperand(tokens: Tokens): Operand {
  if (tokens.take('tolower')) {
    tokens.expect('(');
    const inner = parseOperand(tokens);
    tokens.expect(')');
    return (user) => inner(user).toLowerCase();
  }
  const token = tokens.next();
  if (token.startsWith("'")) {
    const literal = token.slice(1, -1).replaceAll("''", "'");
    return () => literal;
  }
  if (!FIELDS.includes(token)) throw new InvalidFilter(`Unexpected "${token}" in filterby`);
  return (user) => String(user[token] ?? '');
}

class Tokens {
  readonly #tokens: string[];

  constructor(text: string) {
    this.#tokens = text.match(/'(?:[^']|'')*'|\w+|[^\s]/gu) ?? [];
  }

  take(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  next(): string {
    return this.#tokens.shift() ?? 'end';
  }

  expect(token: string): void {
    if (!this.take(token)) throw new InvalidFilter(`Expected "${token}" in filterby, found "${this.next()}"`);
  }

  end(): void {
    if (this.#tokens.length > 0) throw new InvalidFilter(`Unexpected "${this.next()}" in filterby`);
  }
}
