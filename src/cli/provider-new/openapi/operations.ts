import type { Json, JsonObject } from '../../../lib/json/json-value.ts';
import { WRITE_METHODS, type WriteMethod } from '../../../providers/calls.ts';
import { type Description, entriesOf, listOf, own, textOf } from './description.ts';
import { toShape } from './schema.ts';

/** One call of the API. */
export interface ApiOperation {
  /** As people name it: its `operationId`, else method and path. */
  id: string;
  method: string;
  path: string;
  /** Its own object, and that of its path. */
  own: JsonObject;
  item: JsonObject;
  parameters: readonly Parameter[];
}

/** A call that changes one user. */
export interface Update extends ApiOperation {
  method: WriteMethod;
  /** The parameter of the path that names the user. */
  userId: string;
  contentType: string;
  schema: Json;
}

export interface Parameter {
  name: string;
  in: string;
  required: boolean;
  schema: Json;
  object: JsonObject;
}

/** Every call of the description with this method. */
export function operations(description: Description, method: string): ApiOperation[] {
  return entriesOf(description.root, 'paths').flatMap(([path, value]) => {
    const item = description.resolve(value);
    const operation = description.member(item, method.toLowerCase());
    if (!item || !operation) return [];
    const id = textOf(operation, 'operationId') ?? `${method} ${path}`;
    return [{ id, method, path, own: operation, item, parameters: parametersOf(description, item, operation) }];
  });
}

/** Every call with an id in its path and a body whose properties the description names. */
export function updates(description: Description): Update[] {
  return WRITE_METHODS.flatMap((method) =>
    operations(description, method).flatMap((operation): Update[] => {
      const userId = namesInPath(operation.path).at(-1);
      const body = bodyOf(description, operation);
      const isSaid = body !== undefined && toShape(description, [body.schema]).properties.size > 0;
      return userId === undefined || !isSaid ? [] : [{ ...operation, method, userId, ...body }];
    }),
  );
}

/** Whether the path ends with the id of a user. */
export function isOfUsers({ path }: Pick<ApiOperation, 'path'>): boolean {
  const segments = path.split('/').filter((segment) => segment !== '');
  const [collection = '', id = ''] = segments.slice(-2);
  // OData writes the key in parentheses.
  const [, keyed] = /^(\w+)\('?\{[^{}]+\}'?\)$/.exec(id) ?? [];
  if (keyed !== undefined) return PEOPLE.test(keyed);
  const isId = ID.test(id) && !OTHER_ID.test(id);
  return isId && !isInside(segments) && (PEOPLE.test(collection) || (collection.startsWith('{') && PERSON.test(id)));
}

/** Whether a user is already named further up: what follows belongs to that user. */
function isInside(segments: readonly string[]): boolean {
  return segments.slice(0, -2).some((segment, at) => /^users?$/i.test(segment) && segments[at + 1]?.startsWith('{'));
}

/** An id, with an ending such as `.json`. */
const ID = /^\{[^{}]+\}(?:\.\w+)?$/;
/** A part of a name that is no id of a person. */
const OTHER_ID = /type|schema|slug|provider|role/i;
const PEOPLE =
  /(?:^|[-_.]|[a-z](?=[A-Z]))(?:users?|people|persons?|employees?|members?|accounts?|contacts?|agents?|staff|profiles?|identities|workers?|customers?)$/i;
const PERSON = /user|person|employee|member/i;

/** The names in a path, in their order. */
export function namesInPath(path: string): string[] {
  return [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);
}

/** The schema of what a call answers when all went well. */
export function responseOf(description: Description, { own: operation }: Pick<ApiOperation, 'own'>): Json | undefined {
  const responses = entriesOf(operation, 'responses');
  const good = responses.find(([status]) => /^2(?:\d\d|XX)$/i.test(status)) ?? responses.find(isDefault);
  return good && mediaOf(description, description.resolve(good[1]))?.schema;
}

function isDefault([status]: [string, Json]): boolean {
  return status === 'default';
}

/** The JSON in a request or a response. */
export function mediaOf(
  description: Description,
  object: JsonObject | undefined,
): { contentType: string; schema: Json } | undefined {
  const kinds = entriesOf(object, 'content').flatMap(([type, value]) => {
    const schema = own(description.resolve(value) ?? {}, 'schema');
    const contentType = type.split(';')[0]?.trim().toLowerCase() ?? '';
    return schema === undefined || !/^application\/(?:.+\+)?json$|^\*\/\*$/.test(contentType)
      ? []
      : [{ contentType: contentType === '*/*' ? JSON_TYPE : contentType, schema }];
  });
  return kinds.find(({ contentType }) => contentType === JSON_TYPE) ?? kinds[0];
}

export const JSON_TYPE = 'application/json';

function bodyOf(description: Description, { own: operation }: ApiOperation) {
  return mediaOf(description, description.member(operation, 'requestBody'));
}

/** Those of the call win over those of its path. */
function parametersOf(description: Description, item: JsonObject, operation: JsonObject): Parameter[] {
  const found = new Map<string, Parameter>();
  for (const value of [...listOf(item, 'parameters'), ...listOf(operation, 'parameters')]) {
    const object = description.resolve(value);
    const name = textOf(object, 'name');
    const place = textOf(object, 'in');
    if (!object || name === undefined || place === undefined) continue;
    const schema = own(object, 'schema') ?? {};
    found.set(`${place} ${name}`, { name, in: place, required: own(object, 'required') === true, schema, object });
  }
  return [...found.values()];
}
