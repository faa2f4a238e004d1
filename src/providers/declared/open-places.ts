import { isObject, type Json } from '../../lib/json/json-value.ts';
import { EFFECTS } from '../effects.ts';
import { CLEAR_BY, type Path, SENSITIVITIES } from '../field.ts';

/**
 * What a starter file leaves open: nothing that describes an API says who may see a value or what becomes of what a
 * request leaves out. The value there is `"?"`, or `"? value"` with a proposal. A file with one is refused until a
 * person decides.
 */
export interface OpenPlace {
  path: Path;
  message: string;
}

/** The text that leaves a place open, with a proposal if there is one. */
export function openText(proposal?: string): string {
  return proposal === undefined ? '?' : `? ${proposal}`;
}

/** Every open place of a file, in the order of the file, as a path with what has to be decided there. */
export function openPlaces(file: Json): OpenPlace[] {
  const found: OpenPlace[] = [];
  collect(file, [], found);
  return found;
}

function collect(value: Json, path: Path, found: OpenPlace[]): void {
  if (typeof value === 'string') {
    const [, proposal] = OPEN.exec(value) ?? [];
    if (proposal !== undefined) found.push({ path, message: toMessage(path, proposal.trim()) });
  } else if (Array.isArray(value)) {
    for (const [at, entry] of value.entries()) collect(entry, [...path, String(at)], found);
  } else if (isObject(value)) {
    for (const [key, entry] of Object.entries(value)) collect(entry, [...path, key], found);
  }
}

const OPEN = /^\?($| .*$)/s;

function toMessage(path: Path, proposal: string): string {
  const decision = DECISIONS.find(([pattern]) => pattern.test(path.join('/')))?.[1] ?? ANYTHING;
  return `is still open: ${decision}${proposal === '' ? '' : ` Proposed: ${JSON.stringify(proposal)}.`}`;
}

const ANYTHING = 'write the value, or remove the key if there is none.';

/** What has to be decided, by the end of the path. */
const DECISIONS: readonly (readonly [RegExp, string])[] = [
  [/sensitivity$|^readOnly\/[^/]+$/, `decide who may see the value: ${oneOf(SENSITIVITIES)}.`],
  [/effect$/, `decide what a change means for the person: ${oneOf(EFFECTS)}.`],
  [/clear$/, `decide how the field is emptied: ${oneOf(CLEAR_BY)}; remove the key if it cannot be emptied.`],
  [
    /^write\/encoding$/,
    'decide what becomes of a field that a request leaves out: "merge" if it is kept, "merge-patch" if parts of objects are kept too, "replace" if it is emptied.',
  ],
  [
    /^write\/carry/,
    'with "replace", decide what goes back as it was read: "all", or a list of pointers. Remove the key otherwise.',
  ],
  [
    /^write\/echo\//,
    'decide what becomes of this field when a request leaves it out: {} if the vendor then writes a default, and {"required": true} if it refuses the request: the value read is sent along. Remove the key if it is kept.',
  ],
  [
    /readback$/,
    'the read call of the description does not show the field: write false if the vendor never shows it, or remove the key if it does.',
  ],
  [/^read\/path$/, 'write the path of the call that reads one user.'],
  [/^docs$/, 'write the address of the vendor’s page about the update call.'],
];

function oneOf(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
