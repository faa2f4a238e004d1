import type * as z from 'zod';
import { bounds } from '../../bounds.ts';
import { parsePath } from '../../lib/json/field-path.ts';
import { type Echo } from '../../lib/text/printable.ts';
import { suggest } from '../../lib/text/suggest.ts';
import type { Provider } from '../../providers/provider.ts';
import { knownParts } from '../redact/sensitivity.ts';
import { type ArgumentOptions, isSettable } from './schema.ts';

/** Makes the message of a fault. Called only for the faults that are named, since suggestions are costly. */
export type ArgumentFault = () => string;

/** The messages of the first faults, and how many more there are. */
export function namedFaults(faults: readonly ArgumentFault[], most: number = bounds.listedFaults): string[] {
  const named = faults.slice(0, most).map((fault) => fault());
  const more = faults.length - named.length;
  return more > 0 ? [...named, `${more} more faults; correct these first`] : named;
}

/** The tool that the arguments are for. */
export interface Addressee {
  provider: Provider;
  options: ArgumentOptions;
  /** The arguments that the tool accepts. */
  names: readonly string[];
  echo: Echo;
}

/** The faults of a zod issue. Names are the caller's text and made printable; values never appear. */
export function issueFaults(addressee: Addressee, issue: z.core.$ZodIssue): ArgumentFault[] {
  const { echo } = addressee;
  const path = issue.path.map((key) => echo(String(key))).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key, at) => () => {
      const place = path === '' ? echo(key) : `${path}.${echo(key)}`;
      return `${place}: ${unknownName(addressee, issue.path.map(String), key, { listKnown: at === 0 })}`;
    });
  }
  return [() => `${path === '' ? 'arguments' : path}: ${issueText(issue)}`];
}

/** The same for arguments that are not tied to a provider. `names`: those that are known at the top. */
export function plainFaults({ issues }: z.ZodError, names: readonly string[], echo: Echo): ArgumentFault[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((key) => echo(String(key))).join('.') || 'arguments';
    if (issue.code !== 'unrecognized_keys') return [() => `${path}: ${issueText(issue)}`];
    return issue.keys.map((key) => () => {
      const near = suggest(key, names);
      return `${echo(key)}: not a known argument${near === undefined ? '' : `; did you mean ${near}?`}`;
    });
  });
}

/** The message of a zod issue, without what was received, which may be a secret. */
export function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && /received undefined$/.test(issue.message))
    return `is required (${issue.expected})`;
  if (issue.code === 'too_big' && issue.origin === 'string') return `at most ${issue.maximum} characters`;
  if (issue.code === 'too_big' && issue.origin === 'array') return `at most ${issue.maximum} entries`;
  return issue.message.replace(/^Invalid input: /, '');
}

/** The names that are known at a path of the arguments: arguments, fields, or keys of a composite value. */
function namesAt({ provider, names }: Addressee, path: readonly string[]): readonly string[] {
  const [first, name = ''] = path;
  if (first === undefined) return names;
  if (name === '') return first === 'set' ? Object.keys(provider.fields) : [];
  const field = Object.hasOwn(provider.fields, name) ? provider.fields[name] : undefined;
  return [...(knownParts(field)?.keys() ?? [])];
}

function unknownName(
  addressee: Addressee,
  path: readonly string[],
  key: string,
  { listKnown }: { listKnown: boolean },
): string {
  const { provider, options } = addressee;
  const place = path.join('.');
  const field = place === 'set' && Object.hasOwn(provider.fields, key) ? provider.fields[key] : undefined;
  if (field && !isSettable(field, options))
    return `is a secret and not accepted as an argument; use ask_for: ["${key}"]${askForOf(addressee)}, and a person types it`;
  const names = namesAt(addressee, path);
  if (place === '' && Object.hasOwn(provider.fields, key)) {
    return `not an argument; put it inside set: {"set": {"${key}": …}}`;
  }
  const inner = place === 'set' ? innerHint(addressee, key) : undefined;
  if (inner !== undefined) return inner;
  const what = place === 'set' ? `not a field of ${provider.title} that can be written` : 'not a known name here';
  const near = suggest(key, names);
  if (near) return `${what}; did you mean ${near}?`;
  return names.length === 0 || !listKnown ? what : `${what}; known: ${names.join(', ')}`;
}

/** Which tool has the argument, if the addressed one does not. */
function askForOf({ names, provider }: Addressee): string {
  return names.includes('ask_for') ? '' : ` of ${provider.id}_update_user`;
}

/** A hint for `name.familyName`, or `familyName` alone, where the vendor expects an object. */
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
  const parent = Object.entries(provider.fields).find(([, { merge: own }]) => own?.keys?.includes(key));
  return parent && nested(parent[0], key);
}
