import { isObject, type Json, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import type { Path } from '../field.ts';
import type { Provider } from '../provider.ts';

/** The value at a path of a vendor's message: a list, an error, a description of the service. */
export function messageValue(
  { caseInsensitiveNames }: Pick<Provider, 'caseInsensitiveNames'>,
  message: Json | undefined,
  path: Path,
): Json | undefined {
  return caseInsensitiveNames ? valueAtAnyCase(message, path) : elementAt(message, path);
}

/** As `valueAt`, but a number also leads into a list: some vendors answer with a list of errors. */
export function elementAt(value: Json | undefined, path: Path): Json | undefined {
  let found = value;
  for (const key of path) {
    found = Array.isArray(found) && /^\d{1,4}$/.test(key) ? found[Number(key)] : valueAt(found, [key]);
  }
  return found;
}

/** The same for names that ignore case (RFC 7643 section 2.1). */
export function valueAtAnyCase(value: Json | undefined, path: Path): Json | undefined {
  let found = value;
  for (const key of path) {
    if (!isObject(found)) return elementAt(found, [key]);
    found = valueAt(found, [spellingIn(found, key)]);
  }
  return found;
}

function spellingIn(object: JsonObject, name: string): string {
  if (Object.hasOwn(object, name)) return name;
  const lower = name.toLowerCase();
  return Object.keys(object).find((key) => key.length === name.length && key.toLowerCase() === lower) ?? name;
}
