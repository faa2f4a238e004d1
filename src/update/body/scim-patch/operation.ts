import type { Json, JsonObject } from '../../../lib/json/json-value.ts';
import type { Path } from '../../../providers/field.ts';

/** One operation of a PATCH (RFC 7644 section 3.5.2). A type and not an interface, so that it is JSON. */
export type PatchOperation = { op: 'add' | 'replace'; path?: string; value: Json } | { op: 'remove'; path: string };

/** RFC 7644 section 3.5.2. */
export function patchMessage(operations: readonly PatchOperation[]): JsonObject {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [...operations] };
}

/** A place in a resource as a path: an attribute of an extension follows its URN and a colon (RFC 7644 section 3.10). */
export function scimPath([head = '', ...rest]: Path): string {
  const inner = rest.join('.');
  if (inner === '') return head;
  return isUrn(head) ? `${head}:${inner}` : `${head}.${inner}`;
}

/** Whether a key is the URN of a schema and not the name of an attribute. */
export function isUrn(key: string): boolean {
  return /^urn:/i.test(key);
}
