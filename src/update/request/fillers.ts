import { formatPath } from '../../lib/json/field-path.ts';
import { isObject } from '../../lib/json/json-value.ts';
import { type Echo } from '../../lib/text/printable.ts';
import type { Field } from '../../providers/field.ts';
import type { Provider } from '../../providers/provider.ts';
import { clearableNames } from './schema.ts';

/** A filler in `set`. `path` begins with the field. */
export interface FillerFault {
  path: readonly string[];
  message: string;
}

/**
 * Finds fillers: models fill arguments they do not need with null, "", [] or {}, and some frameworks strip unknown keys
 * until {} is left. They are refused, and `clear` is the only way to empty a field. Deeper inside a free-form object they
 * are values of the tenant.
 */
export function fillerFaults(provider: Provider, set: unknown, echo: Echo): FillerFault[] {
  if (!isObject(set)) return [];
  const { names } = clearableNames(provider);
  const faults: FillerFault[] = [];
  const refuse = (path: readonly string[], value: unknown, clear?: string) => {
    const hint =
      clear === undefined ? 'it cannot be emptied here; leave it out' : `to empty it use clear: ["${clear}"]`;
    const place = path.map(echo).join('.');
    faults.push({ path, message: `set.${place}: ${JSON.stringify(value)} is not a value to set; ${hint}` });
  };
  for (const [key, value] of Object.entries(set)) {
    const field = Object.hasOwn(provider.fields, key) ? provider.fields[key] : undefined;
    if (!field) continue;
    if (isFiller(value)) refuse([key], value, names.includes(key) ? key : undefined);
    else if (field.merge) mergedFaults({ provider, echo }, key, field, value, refuse, faults);
    else for (const path of fillersIn(value, [key])) refuse(path, valueIn(set, path));
  }
  return faults;
}

type Refuse = (path: readonly string[], value: unknown, clear?: string) => void;

function mergedFaults(
  { provider, echo }: { provider: Provider; echo: Echo },
  name: string,
  { merge }: Field,
  value: unknown,
  refuse: Refuse,
  faults: FillerFault[],
): void {
  if (!isObject(value)) return;
  const entries = Object.entries(value);
  if (entries.length === 0) {
    const what = merge?.keys ? `: ${merge.keys.join(', ')}` : `; ${provider.title} keeps what is not named`;
    faults.push({ path: [name], message: `set.${name}: {} names nothing to change; name the keys to set${what}` });
  }
  for (const [key, part] of entries) {
    const filler = merge?.keys ? isFiller(part) : part === null || part === '';
    const clearable = merge?.clear !== undefined && (merge.keys?.includes(key) ?? true);
    // A name that is not shown as it is must not appear in a path either.
    const path = echo(key) === key ? formatPath([name, key]) : `${name}.KEY`;
    if (filler) refuse([name, key], part, clearable ? path : undefined);
  }
}

/** Paths to null and "" in a value with a declared shape, such as entries of a list. */
function fillersIn(value: unknown, path: readonly string[]): string[][] {
  if (value === null || value === '') return [[...path]];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]) => fillersIn(member, [...path, key]));
}

function valueIn(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], value); // a path found in it
}

function isFiller(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** `set` without its fillers, so that no fault is named twice. */
export function withoutFillers(set: unknown, faults: readonly FillerFault[]): unknown {
  if (faults.length === 0 || !isObject(set)) return set;
  const fields = new Set(faults.filter(({ path }) => path.length !== 2).map(({ path }) => path[0]));
  const parts = new Set(faults.filter(({ path }) => path.length === 2).map(({ path }) => formatPath(path)));
  return Object.fromEntries(
    Object.entries(set)
      .filter(([name]) => !fields.has(name))
      .map(([name, value]) => {
        if (!isObject(value)) return [name, value];
        const kept = Object.entries(value).filter(([key]) => !parts.has(formatPath([name, key])));
        return [name, Object.fromEntries(kept)];
      }),
  );
}
