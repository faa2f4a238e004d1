import { bounds } from '../../bounds.ts';
import { formatPath, hasWildcard, parsePath } from '../../lib/json/field-path.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { type Echo } from '../../lib/text/printable.ts';
import { suggest } from '../../lib/text/suggest.ts';
import type { Provider } from '../../providers/provider.ts';
import { clearableNames } from './schema.ts';
import type { ArgumentFault } from './validate.ts';

/** The paths in `clear` that the vendor lets a caller empty, and the faults of the others. */
export interface ClearPaths {
  paths: readonly (readonly string[])[];
  faults: readonly ArgumentFault[];
}

/** Parses `clear`. Whether a path exists in the user record is checked by the plan. */
export function parseClearPaths(provider: Provider, given: readonly string[], name: Echo): ClearPaths {
  const paths: string[][] = [];
  const faults: ArgumentFault[] = [];
  const { names, prefixes } = clearableNames(provider);
  let isListed = false;
  for (const text of new Set(given)) {
    const path = parsePath(text);
    const isKnown = names.includes(text) || prefixes.some((prefix) => text.startsWith(prefix));
    if (path && isKnown && !hasWildcard(text) && boundFault(path) === undefined) {
      paths.push(path);
      continue;
    }
    faults.push(() => {
      const problem = problemOf(provider, text, path);
      // The list of what can be cleared is given once.
      const known = problem ?? `cannot be emptied at ${provider.title}${isListed ? '' : `; ${choicesText(provider)}`}`;
      isListed ||= problem === undefined;
      return `clear: ${name(text)}: ${known}`;
    });
  }
  return { paths: [...new Map(paths.map((path) => [formatPath(path), path])).values()], faults };
}

function choicesText(provider: Provider): string {
  const { names, prefixes } = clearableNames(provider);
  const choices = [...names, ...prefixes.map((prefix) => `${prefix}KEY`)];
  return choices.length > 0 ? `can be cleared: ${choices.join(', ')}` : 'no field can be cleared';
}

function problemOf(provider: Provider, text: string, path: readonly string[] | undefined): string | undefined {
  const { names, prefixes } = clearableNames(provider);
  if (path && hasWildcard(text)) return `* is not a wildcard here; in a name, * is written \\*`;
  if (!path && prefixes.some((prefix) => text.startsWith(prefix))) {
    return 'not a path; names are separated by dots, and in a name . * and \\ are written \\. \\* and \\\\';
  }
  const bound = path && boundFault(path);
  if (bound !== undefined) return bound;
  const [field = '', key] = path ?? [];
  const own = Object.hasOwn(provider.fields, field) ? provider.fields[field] : undefined;
  if (own && path?.length === 1 && prefixes.includes(`${field}.`)) {
    return `cannot be emptied as a whole; name its keys: ${field}.KEY`;
  }
  if (own && key !== undefined && own.merge?.keys && !own.merge.keys.includes(key)) {
    return `${field} has no such key; known: ${own.merge.keys.join(', ')}`;
  }
  const near = own ? undefined : suggest(text, names);
  return near === undefined ? undefined : `not a name that can be cleared; did you mean ${near}?`;
}

function boundFault(path: readonly string[]): string | undefined {
  if (path.length > bounds.depth) return `deeper than ${bounds.depth} levels`;
  const long = path.find((name) => name.length > bounds.nameCharacters);
  return long === undefined ? undefined : `a name of ${long.length} characters; at most ${bounds.nameCharacters}`;
}

/** Whether `set` has a value for the path, for a part of it, or for something that contains it. */
export function isAlsoSet([field = '', key]: readonly string[], set: unknown): boolean {
  if (!isObject(set) || !Object.hasOwn(set, field)) return false;
  const value = set[field];
  return key === undefined || (isObject(value) && Object.hasOwn(value, key));
}
