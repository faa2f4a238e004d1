import { parseJson } from '../../../lib/json/json.ts';
import { isObject, type Json } from '../../../lib/json/json-value.ts';
import { quoteStart } from '../../../lib/text/quote.ts';
import { suggest } from '../../../lib/text/suggest.ts';
import { type FileLine, readPerson } from './file-line.ts';
import { readLines, type TextLine } from './lines.ts';

/** The members with the vendor's id, and with the e-mail address. */
export interface MemberNames {
  id: string | undefined;
  email: string | undefined;
}

/** The lines of a JSON Lines file: objects with `set`, `clear` and who is meant. */
export async function* readJsonLines(pieces: AsyncIterable<string>, names: MemberNames): AsyncGenerator<FileLine> {
  for await (const text of readLines(pieces)) yield toLine(text, names);
}

function toLine({ line, text }: TextLine, names: MemberNames): FileLine {
  const value = parsed(text);
  if (!isObject(value)) {
    const fault = value === undefined ? 'is not JSON' : 'is not a JSON object';
    return { line, set: {}, clear: [], faults: [fault] };
  }
  const known = [names.id, names.email, 'set', 'clear'].filter((name) => name !== undefined);
  const faults = Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => unknown(name, known));
  const memberText = (name: string | undefined): string | undefined => {
    const member = name !== undefined && Object.hasOwn(value, name) ? value[name] : undefined;
    if (member === undefined || member === null || typeof member === 'string') return member ?? undefined;
    faults.push(`${quoteStart(name, 64)}: expected a string`);
    return undefined;
  };
  const person = readPerson({ id: memberText(names.id), email: memberText(names.email) }, names);
  const set = value['set'] ?? {};
  const clear = value['clear'] ?? [];
  if (!isObject(set)) faults.push('set: expected an object');
  if (!isTexts(clear)) faults.push('clear: expected an array of strings');
  return {
    line,
    ...person,
    set: isObject(set) ? set : {},
    clear: isTexts(clear) ? clear : [],
    faults: [...faults, ...person.faults],
  };
}

function unknown(name: string, known: readonly string[]): string {
  const near = suggest(name, known);
  return `${quoteStart(name, 64)}: not a known name here${near === undefined ? '' : `; did you mean ${near}?`}`;
}

function isTexts(value: Json): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
