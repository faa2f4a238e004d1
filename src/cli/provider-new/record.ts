import type { Json } from '../../lib/json/json-value.ts';
import type { Path } from '../../providers/field.ts';
import type { Description } from './openapi/description.ts';
import { type ApiOperation, namesInPath, operations, responseOf, type Update } from './openapi/operations.ts';
import { hasProperties, toShape, type ValueShape } from './openapi/schema.ts';

/** The user in the body of the update, and in the response of the call that reads one. */
export interface UserRecords {
  /** What can be written. */
  written: ValueShape;
  /** The key around it in the body. */
  wrapper?: string;
  /** The call that reads one user. */
  reading?: ApiOperation;
  /** What it answers, if the description says so; and where the user is in it. */
  read?: ValueShape;
  unwrap?: Path;
}

export function userRecords(description: Description, update: Update): UserRecords {
  const body = toShape(description, [update.schema]);
  const reading = operations(description, 'GET').find(({ path }) => withoutNames(path) === withoutNames(update.path));
  const response = reading && shapeOf(description, responseOf(description, reading));
  const wrapper = onlyObject(description, body);
  const isWrapped =
    wrapper !== undefined && (response ? isWrapper(response, wrapper.name) : WRAPPERS.includes(wrapper.name));
  const read = response && unwrapped(description, response, isWrapped ? wrapper?.name : undefined);
  return {
    written: isWrapped && wrapper ? wrapper.shape : body,
    ...(isWrapped && wrapper && { wrapper: wrapper.name }),
    ...(reading && { reading }),
    ...read,
  };
}

/** The path as it is, whatever its parameters are called. */
export function withoutNames(path: string): string {
  return path.replace(/\{[^{}]*\}/g, '{}');
}

/** A schema without properties says nothing. */
function shapeOf(description: Description, schema: Json | undefined): ValueShape | undefined {
  if (schema === undefined) return undefined;
  const shape = toShape(description, [schema]);
  return shape.properties.size > 0 ? shape : undefined;
}

/** The only property of a body, if it is an object. */
function onlyObject(
  description: Description,
  { properties }: ValueShape,
): { name: string; shape: ValueShape } | undefined {
  const [[name, schemas] = [], ...others] = properties;
  if (name === undefined || !schemas || others.length > 0) return undefined;
  const shape = toShape(description, schemas);
  return hasProperties(shape) ? { name, shape } : undefined;
}

/** Whether the user is inside: with an id beside it, the object is a part of the user. */
function isWrapper({ properties }: ValueShape, name: string): boolean {
  return properties.has(name) && !IDS.some((id) => properties.has(id));
}

/** Where the user is in the response. `data` needs no saying. */
function unwrapped(
  description: Description,
  response: ValueShape,
  wrapper: string | undefined,
): Pick<UserRecords, 'read' | 'unwrap'> {
  if (IDS.some((id) => response.properties.has(id))) return { read: response };
  for (const name of wrapper === undefined ? WRAPPERS : [wrapper]) {
    const schemas = response.properties.get(name);
    const inside = schemas && toShape(description, schemas);
    if (!inside || !hasProperties(inside)) continue;
    return name === 'data' ? { read: inside } : { read: inside, unwrap: [name] };
  }
  return { read: response };
}

export const IDS = ['id', '_id', 'uuid', 'gid', 'uid', 'guid', 'user_id', 'userId'] as const;
const WRAPPERS = ['data', 'user', 'result', 'item', 'employee', 'person', 'member', 'account', 'contact'];

/** The attribute that holds the id of the path. */
export function idAttribute({ read }: UserRecords, { path, userId }: Update): string | undefined {
  if (!read) return undefined;
  const own = namesInPath(path).includes(userId) ? [userId] : [];
  return [...own, ...IDS].find((name) => read.properties.has(name));
}
