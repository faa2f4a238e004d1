import type * as z from 'zod';
import { bounds } from '../../bounds.ts';
import { parsePath } from '../../lib/json/field-path.ts';
import { type Echo } from '../../lib/text/printable.ts';
import { suggest } from '../../lib/text/suggest.ts';
import type { Provider } from '../../providers/provider.ts';
import { knownParts } from '../redact/sensitivity.ts';
import { type ArgumentOptions, isSettable } from './schema.ts';

/** A fault whose words are made only when it is named: to suggest a name costs more than to find that one is wrong. */
export type Fault = () => string;

/** The faults that one answer names, and how many more there are. */
export function namedFaults(faults: readonly Fault[]): string[] {
  const named = faults.slice(0, bounds.listedFaults).map((fault) => fault());
  const more = faults.length - named.length;
  return more > 0 ? [...named, `${more} more faults of this kind; correct these first`] : named;
}

/** Whose arguments they are. */
export interface Addressee {
  provider: Provider;
  options: ArgumentOptions;
  /** The arguments its tool takes. */
  names: readonly string[];
  echo: Echo;
}

/** A zod issue in our words. Names may be the caller's own text, so they are made printable; values never appear. */
export function issueFaults(addressee: Addressee, issue: z.core.$ZodIssue): Fault[] {
  const { echo } = addressee;
  const path = issue.path.map((key) => echo(String(key))).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key, at) => () => {
      const place = path === '' ? echo(key) : `${path}.${echo(key)}`;
      return `${place}: ${unknownName(addressee, issue.path.map(String), key, at === 0)}`;
    });
  }
  return [() => `${path === '' ? 'arguments' : path}: ${issueWords(issue)}`];
}

/** What zod says, without its habits: what was received may be a secret, and is left out wherever it would be shown. */
export function issueWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && /received undefined$/.test(issue.message))
    return `is required (${issue.expected})`;
  if (issue.code === 'too_big' && issue.origin === 'string') return `at most ${issue.maximum} characters`;
  if (issue.code === 'too_big' && issue.origin === 'array') return `at most ${issue.maximum} entries`;
  return issue.message.replace(/^Invalid input: /, '');
}

/** What may stand at a path of the arguments: an argument, a field's name, or a key of a composite value. */
function namesAt({ provider, names }: Addressee, path: readonly string[]): readonly string[] {
  const [first, name = ''] = path;
  if (first === undefined) return names;
  if (name === '') return first === 'set' ? Object.keys(provider.fields) : [];
  const field = Object.hasOwn(provider.fields, name) ? provider.fields[name] : undefined;
  return [...(knownParts(field)?.keys() ?? [])];
}

function unknownName(addressee: Addressee, path: readonly string[], key: string, isFirst: boolean): string {
  const { provider, options } = addressee;
  const place = path.join('.');
  const field = place === 'set' && Object.hasOwn(provider.fields, key) ? provider.fields[key] : undefined;
  if (field && !isSettable(field, options))
    return `is a secret and is not taken as an argument; use ask_for: ["${key}"], a person then types it`;
  const names = namesAt(addressee, path);
  if (place === '' && Object.hasOwn(provider.fields, key)) {
    return `not an argument; put it inside set: {"set": {"${key}": …}}`;
  }
  const inner = place === 'set' ? innerHint(addressee, key) : undefined;
  if (inner !== undefined) return inner;
  const what = place === 'set' ? `not a field of ${provider.title} that can be written` : 'not a known name here';
  const near = suggest(key, names);
  if (near) return `${what}; did you mean ${near}?`;
  return names.length === 0 || !isFirst ? what : `${what}; known: ${names.join(', ')}`;
}

/** `name.familyName`, or `familyName` by itself, where the vendor takes an object. */
function innerHint({ provider, echo }: Addressee, key: string): string | undefined {
  const nested = (field: string, inner: string) =>
    `not a field by itself; nest it: {"set": {"${field}": {${JSON.stringify(echo(inner))}: …}}}`;
  const [first = '', ...rest] = parsePath(key) ?? [];
  const field = Object.keys(provider.fields).find((name) => name.toLowerCase() === first.toLowerCase());
  const merge = field === undefined ? undefined : provider.fields[field]?.merge;
  if (field !== undefined && merge && rest.length > 0) {
    const inner = rest.join('.');
    return nested(field, merge.keys?.find((known) => known.toLowerCase() === inner.toLowerCase()) ?? inner);
  }
  const owner = Object.entries(provider.fields).find(([, { merge: own }]) => own?.keys?.includes(key));
  return owner && nested(owner[0], key);
}
