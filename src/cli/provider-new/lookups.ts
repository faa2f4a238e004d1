import type { Json, JsonObject } from '../../lib/json/json-value.ts';
import { openText } from '../../providers/declared/open-places.ts';
import { formatPointer } from '../../providers/declared/pointer.ts';
import { requiredQuery, toPathTemplate } from './address.ts';
import { toWords } from './guesses.ts';

import { type Description, textOf } from './openapi/description.ts';
import { type ApiOperation, namesInPath, operations, responseOf, type Update } from './openapi/operations.ts';
import { hasProperties, toShape } from './openapi/schema.ts';
import { withoutNames } from './record.ts';
import type { SettingsDraft } from './settings.ts';

/** How users are looked up, and a read that shows whether the credential works. */
export interface LookupParts {
  find: readonly JsonObject[];
  probe: Json;
  notes: readonly string[];
}

/** What a parameter looks for, by its name. */
const SEARCHES: readonly (readonly ['email' | 'username' | 'name', RegExp])[] = [
  ['email', /^(?:user |primary )?e ?mails?(?: addresses| address)?$/],
  ['username', /^(?:user ?names?|logins?)$/],
  ['name', /^(?:q|query|search|search (?:term|text|key|query)|name|keyword|text|display name|full name)$/],
];
/** Of a parameter that takes a search language. */
const LANGUAGE = /\b(?:expressions?|operators?|syntax|lucene|scim|eq|key:|custom attributes)\b/i;
const SIZE = /^(?:limit|per page|page size|max|max results|top|count|size|take|results per page)$/;

export function lookupsOf(description: Description, update: Update, settings: SettingsDraft): LookupParts {
  const collection = update.path.slice(0, update.path.lastIndexOf('/'));
  const near = operations(description, 'GET').filter((one) => isNear(one, collection, update));
  const find = near.flatMap((one) => lookupsIn(description, one, update, settings));
  const listing =
    near.find(({ path }) => path === collection || path === `${collection}/`) ??
    near.find((one) => listIn(description, one) !== undefined);
  const notes =
    find.length === 0
      ? ['find: no call was found that looks users up; find_user takes ids alone until there is one']
      : [];
  return { find, probe: listing ? probeOf(description, listing, update, settings) : openText(), notes };
}

/** The collection itself, and calls that belong to it, such as `/users/search` or `/users-by-email`. */
function isNear({ path }: ApiOperation, collection: string, update: Update): boolean {
  const own = withoutNames(path);
  const base = withoutNames(collection);
  const isBelow =
    own === base ||
    (own.startsWith(base) && /^[/-](?:search|find|list|query|lookup|by[-_]?\w+)?$/i.test(own.slice(base.length)));
  const given = namesInPath(update.path);
  return isBelow && namesInPath(path).every((name) => given.includes(name));
}

function lookupsIn(
  description: Description,
  operation: ApiOperation,
  { userId }: Update,
  settings: SettingsDraft,
): JsonObject[] {
  const list = listIn(description, operation);
  const needed = requiredQuery(description, operation);
  return SEARCHES.flatMap(([by, pattern]) => {
    const fitting = operation.parameters.filter((one) => one.in === 'query' && pattern.test(toWords([one.name])));
    const plain = fitting.find(({ object }) => !LANGUAGE.test(textOf(object, 'description') ?? ''));
    const [parameter = plain] = fitting;
    if (!parameter) return [];
    const query = { ...needed, [(plain ?? parameter).name]: plain ? '{query}' : openText('{query}') };
    return [
      {
        by,
        path: toPathTemplate(operation, userId, settings),
        query,
        ...(list !== undefined && list.length > 0 && { list: formatPointer(list) }),
      },
    ];
  });
}

function probeOf(
  description: Description,
  operation: ApiOperation,
  { userId }: Update,
  settings: SettingsDraft,
): JsonObject {
  const size = operation.parameters.find((one) => one.in === 'query' && SIZE.test(toWords([one.name])));
  const query = { ...requiredQuery(description, operation), ...(size && { [size.name]: '1' }) };
  return {
    path: toPathTemplate(operation, userId, settings),
    ...(Object.keys(query).length > 0 && { query }),
    shows: 'list',
    rights: 'reads users; whether it may write shows only when writing',
  };
}

/** Where the list is in the response: `[]` for the response itself. Undefined if the description does not say. */
function listIn(description: Description, operation: ApiOperation): string[] | undefined {
  const schema = responseOf(description, operation);
  const shape = schema === undefined ? undefined : toShape(description, [schema]);
  if (!shape) return undefined;
  if (shape.types.has('array') || shape.items !== undefined) return [];
  const lists = [...shape.properties].flatMap(([name, schemas]) => {
    const inside = toShape(description, schemas);
    const items = inside.items === undefined ? undefined : toShape(description, [inside.items]);
    return items && hasProperties(items) ? [name] : [];
  });
  const last = operation.path.split('/').at(-1) ?? '';
  return lists.length === 0 ? undefined : [lists.find((name) => name === last) ?? lists[0] ?? ''];
}

/** A realistic id and value for the example, which a test of the file runs. */
export function exampleOf(idKind: string, fields: readonly { name: string; spec: JsonObject }[]): JsonObject {
  const texts = fields.filter(
    ({ spec }) => spec['type'] === 'text' && spec['enum'] === undefined && spec['readback'] !== false,
  );
  const named = EXAMPLES.flatMap((wish) => texts.filter(({ name }) => toWords([name]) === wish))[0];
  const field = named ?? texts[0];
  const ids: Readonly<Record<string, string>> = { digits: '42', uuid: '0b6f1c3e-5d2a-4c8e-9f10-2a7d3e4b5c6d' };
  const value = field && /title|position/i.test(field.name) ? 'Staff Engineer' : 'Jane';
  return { user_id: ids[idKind] ?? 'a1b2c3', set: field ? { [field.name]: value } : openText() };
}

const EXAMPLES = [
  'title',
  'job title',
  'position',
  'department',
  'nick name',
  'nickname',
  'display name',
  'name',
  'first name',
  'given name',
];
