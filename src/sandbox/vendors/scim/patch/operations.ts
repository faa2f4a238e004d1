import { isObject, type JsonRecord, type JsonValue } from '../../../json.ts';
import { refuse } from '../errors.ts';
import { isSameName } from '../schemas.ts';
import { type PatchTarget, parsePath } from './path.ts';

export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** One checked operation. */
export interface Operation {
  op: 'add' | 'replace' | 'remove';
  /** As sent. */
  path?: string;
  /** The resource itself when undefined. */
  target?: PatchTarget;
  value?: JsonValue;
}

/** The operations of a PATCH body; rejects everything RFC 7644 section 3.5.2 does not allow. */
export function readOperations(body: JsonRecord): Operation[] {
  const schemas = member(body, 'schemas');
  if (!Array.isArray(schemas) || schemas.length !== 1 || !isSameName(String(schemas[0]), PATCH_OP)) {
    refuse('invalidSyntax', `schemas must be ["${PATCH_OP}"]`);
  }
  const operations = member(body, 'Operations');
  if (!Array.isArray(operations) || operations.length === 0) refuse('invalidSyntax', 'Operations must not be empty');
  for (const key of Object.keys(body)) {
    if (!['schemas', 'operations'].includes(key.toLowerCase())) refuse('invalidSyntax', `'${key}' is not known here`);
  }
  return operations.map(readOperation);
}

function readOperation(entry: JsonValue): Operation {
  if (!isObject(entry)) refuse('invalidSyntax', 'An operation must be an object');
  for (const key of Object.keys(entry)) {
    if (!['op', 'path', 'value'].includes(key)) refuse('invalidSyntax', `'${key}' is not known in an operation`);
  }
  const { op, path, value } = entry;
  if (op !== 'add' && op !== 'replace' && op !== 'remove') refuse('invalidSyntax', 'op must be add, replace or remove');
  if (path !== undefined && typeof path !== 'string') refuse('invalidPath', 'path must be a text');
  if (op === 'remove') {
    if (path === undefined) refuse('noTarget', 'remove needs a path');
    if (value !== undefined) refuse('invalidSyntax', 'remove takes no value');
    return { op, path, target: parsePath(path) };
  }
  if (value === undefined || value === null) refuse('invalidValue', `${op} needs a value`);
  if (path !== undefined) return { op, path, target: parsePath(path), value };
  if (!isObject(value)) refuse('invalidValue', `${op} without a path needs an object of attributes`);
  return { op, value };
}

/** A member of a message; names ignore case here too. */
function member(body: JsonRecord, name: string): JsonValue | undefined {
  return Object.entries(body).find(([key]) => isSameName(key, name))?.[1];
}
