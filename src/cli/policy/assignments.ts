import { bounds } from '../../bounds.ts';
import { UsageError } from '../../errors.ts';
import { parsePath } from '../../lib/json/field-path.ts';
import { parseJson } from '../../lib/json/json.ts';
import { isObject, type Json, type JsonObject } from '../../lib/json/json-value.ts';
import { echo } from '../../lib/text/printable.ts';
import { fieldOf, type Provider } from '../../providers/provider.ts';

/**
 * `--set field=value` as the `set` of an update tool; `a.b=value` sets a key of an object. Checks only what a shell adds:
 * the fields and their values are checked as in a call. No message repeats a value, which may be a secret.
 */
export function readAssignments(provider: Provider, texts: readonly string[]): JsonObject {
  return texts.reduce<JsonObject>((set, text) => {
    const separator = text.indexOf('=');
    if (separator < 1) throw new UsageError('--set: expected FIELD=VALUE');
    const name = text.slice(0, separator);
    const path = parsePath(name);
    if (!path || path.length > bounds.depth) throw new UsageError(`--set ${echo(name)}: is not the path of a field`);
    return withValue(set, path, valueOf(provider, path, text.slice(separator + 1)), name);
  }, {});
}

function withValue(object: JsonObject, [key = '', ...rest]: readonly string[], value: Json, name: string): JsonObject {
  const held = Object.hasOwn(object, key) ? object[key] : undefined;
  if (held !== undefined && (rest.length === 0 || !isObject(held))) {
    throw new UsageError(`--set ${echo(name)}: is given twice`);
  }
  const member = rest.length === 0 ? value : withValue(isObject(held) ? held : {}, rest, value, name);
  return { ...object, [key]: member };
}

/** JSON where the field takes it, else the text as it is. A text that looks like JSON is written in its quotes. */
function valueOf(provider: Provider, [field = '', ...keys]: readonly string[], text: string): Json {
  const json = jsonIn(text);
  if (json === undefined) return text;
  const schema = fieldOf(provider, field)?.schema;
  if (!schema || json === null || typeof json === 'string') return json;
  const isTaken = (value: Json) => schema.safeParse(keys.reduceRight<Json>((inner, key) => ({ [key]: inner }), value));
  return !isTaken(json).success && isTaken(text).success ? text : json;
}

function jsonIn(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
