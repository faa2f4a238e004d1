import { isDeepStrictEqual } from 'node:util';
import { parse, stringify, TomlError } from 'smol-toml';
import { isObject } from '../../lib/json/json-value.ts';
import { type Addition, type Edit, EditError, lineEndOf, whatRuns } from './edit.ts';

/**
 * Adds an entry to TOML as a table at the end, so that everything else stays as it is, byte for byte. Throws an EditError
 * for a text that is not TOML, or where a table cannot be added to the servers; a RangeError for one that is nested too
 * deeply.
 */
export function addToToml(text: string, { servers, name, entry }: Addition): Edit {
  const before = read(text);
  const list: unknown = before[servers] ?? {};
  if (!isObject(list)) throw new EditError(`has no table at ${servers}`);
  if (Object.hasOwn(list, name)) {
    const existing = list[name];
    return isDeepStrictEqual(toPlain(existing), toPlain(entry))
      ? { kind: 'unchanged' }
      : { kind: 'occupied', runs: whatRuns(existing) };
  }
  const lines = stringify({ [servers]: { [name]: entry } })
    .trim()
    .split('\n');
  const lineEnd = lineEndOf(text);
  const isClosed = text === '' || text.endsWith('\n');
  const gap = text.trim() === '' ? '' : `${isClosed ? '' : lineEnd}${lineEnd}`;
  const after = `${text}${gap}${lines.join(lineEnd)}${isClosed ? lineEnd : ''}`;
  const expected = { ...before, [servers]: { ...list, [name]: entry } };
  if (!isDeepStrictEqual(toPlain(tryRead(after)), toPlain(expected))) {
    throw new EditError(
      `takes no further table: ${servers} is written in one line; write it as [${servers}.NAME] tables`,
    );
  }
  return { kind: 'added', text: after, lines };
}

/** Integers are read as bigint, or a large one would stop it. */
function read(text: string): Record<string, unknown> {
  try {
    return parse(text, { integersAsBigInt: true });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const problem = /^Invalid TOML document: (.*)/.exec(error.message)?.[1] ?? 'not valid';
    throw new EditError(`is not TOML: line ${error.line}, column ${error.column}, ${problem}`);
  }
}

function tryRead(text: string): unknown {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof EditError) return undefined;
    throw error;
  }
}

/** Dates, bigints and tables as plain values that can be compared. */
function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return `integer ${value}`;
  if (value instanceof Date) return `date ${value.toISOString()}`;
  if (Array.isArray(value)) return value.map(toPlain);
  if (!isObject(value)) return typeof value === 'number' ? `number ${value}` : value;
  return Object.entries(value)
    .map(([key, member]) => [key, toPlain(member)])
    .sort(([a], [b]) => String(a).localeCompare(String(b)));
}
