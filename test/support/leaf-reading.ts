import { parseJson } from '../../src/lib/json/json.ts';
import { comesText, goesText, leafText } from './leaf-oracle.ts';

/** Reads leaves back out of what a person is asked, as the texts that the oracle writes. Entries of lists are short here. */

const LINE = /^- ("(?:[^"\\]|\\.)*"|\S+?)( loses| gains| before| after)?(, part \d+ of \d+)?: (.*)$/;

/** The leaves in the lines of a question. `isExact` tells for a path whether its empty values are told apart. */
export function leavesInQuestion(message: string, isExact: (path: string) => boolean): string[] {
  const leaves: string[] = [];
  const sides = new Map<string, { before: Side; after: Side }>();
  for (const line of message.split('\n')) {
    const [, name = '', what = '', piece, rest = ''] = LINE.exec(line) ?? [];
    if (name === '') continue;
    const path = name.startsWith('"') ? String(readValue(name)) : name;
    const known = (value: unknown) => (isExact(path) ? value : withoutEmpty(value));
    if (what === ' loses') leaves.push(goesText(path, readValue(rest)));
    else if (what === ' gains') leaves.push(comesText(path, readValue(rest)));
    else if (what === '') leaves.push(rest === ORDER ? `${path}: ${ORDER}` : pairText(path, rest, known));
    else {
      const both = sides.get(path) ?? { before: [], after: [] };
      sides.set(path, both);
      both[what === ' before' ? 'before' : 'after'].push({ value: readValue(rest), isPiece: piece !== undefined });
    }
  }
  for (const [path, { before, after }] of sides) {
    const known = (side: Side) => (isExact(path) ? joined(side) : withoutEmpty(joined(side)));
    leaves.push(leafText(path, known(before), known(after)));
  }
  return leaves.sort();
}

type Side = { value: unknown; isPiece: boolean }[];

const ORDER = 'its entries change places';

function pairText(path: string, rest: string, known: (value: unknown) => unknown): string {
  const at = arrowIn(rest);
  return leafText(path, known(readValue(rest.slice(0, at))), known(readValue(rest.slice(at + 3))));
}

function joined(side: Side): unknown {
  return side[0]?.isPiece ? side.map(({ value }) => value).join('') : side[0]?.value;
}

export function withoutEmpty(value: unknown): unknown {
  const isEmpty = value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return isEmpty ? undefined : value;
}

/** Where the arrow between two values is: outside of any quotes. */
function arrowIn(text: string): number {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    if (isQuoted && text[at] === '\\') at++;
    else if (text[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && text.startsWith(' → ', at)) return at;
  }
  throw new Error(`no arrow in ${text}`);
}

/** A value as it is quoted for people: JSON, with `\u{…}` for what cannot be seen. */
function readValue(text: string): unknown {
  if (text === '(empty)' || text === '(not set)') return undefined;
  const json = text.replace(/\\(?:u\{([0-9a-f]+)\}|.)/g, (escape, code?: string) =>
    code === undefined ? escape : JSON.stringify(String.fromCodePoint(Number.parseInt(code, 16))).slice(1, -1),
  );
  return parseJson(json);
}
