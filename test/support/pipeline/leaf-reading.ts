import { parseJson } from '../../../src/lib/json/json.ts';
import { gainsText, leafText, losesText } from './leaf-oracle.ts';

/** Reads the leaves from a question, as the texts that the oracle writes. A long entry of a list has to be an object. */

const LINE = /^- ("(?:[^"\\]|\\.)*"|\S+?)( loses| gains| before| after)?(, part \d+ of \d+)?: (.*)$/;

/** The leaves in the lines of a question. `isExact`: whether the empty values at a path are distinct. */
export function leavesInQuestion(message: string, isExact: (path: string) => boolean): string[] {
  const leaves: string[] = [];
  const sides = new Map<string, { before: Side; after: Side }>();
  let entry = '';
  for (const line of message.split('\n')) {
    const [, name = '', what = '', piece, rest = ''] = LINE.exec(line) ?? [];
    if (name === '') continue;
    const path = name.startsWith('"') ? String(readValue(name)) : name;
    const known = (value: unknown) => (isExact(path) ? value : withoutEmpty(value));
    if (piece !== undefined && (what === ' loses' || what === ' gains')) {
      const [, part, count] = /(\d+) of (\d+)/.exec(piece) ?? [];
      entry += String(readValue(rest));
      if (part !== count) continue;
      leaves.push((what === ' loses' ? losesText : gainsText)(path, parseJson(entry)));
      entry = '';
    } else if (what === ' loses') leaves.push(losesText(path, readValue(rest)));
    else if (what === ' gains') leaves.push(gainsText(path, readValue(rest)));
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

/** The position of the arrow between two values: outside of quotes. */
function arrowIn(text: string): number {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    if (isQuoted && text[at] === '\\') at++;
    else if (text[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && text.startsWith(' → ', at)) return at;
  }
  throw new Error(`no arrow in ${text}`);
}

/** Parses a value as quoted for people: JSON, with `\u{…}` for invisible characters. */
function readValue(shown: string): unknown {
  const text = shown.replace(/ \((?:named "(?:[^"\\]|\\.)*"|name not looked up|no such user found)\)$/, '');
  if (text === '(empty)' || text === '(not set)') return undefined;
  const json = text.replace(/\\(?:u\{([0-9a-f]+)\}|.)/g, (escape, code?: string) =>
    code === undefined ? escape : JSON.stringify(String.fromCodePoint(Number.parseInt(code, 16))).slice(1, -1),
  );
  return parseJson(json);
}
