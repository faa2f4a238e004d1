import { isObject, type Json, type JsonObject } from '../../lib/json/json-value.ts';
import type { Path } from '../field.ts';
import type { Provider } from '../provider.ts';
import { valueAtAnyCase } from './message-value.ts';
import type { ServiceFacts } from './record-write.ts';

/**
 * The fields, and keys of them, that the schemas of a service declare as read-only or immutable (RFC 7643 section 7). What
 * the schemas do not describe counts as the definition says.
 */
export function mutabilityFacts(
  { fields }: Pick<Provider, 'fields'>,
  response: Json | undefined,
): Pick<ServiceFacts, 'readOnly' | 'immutable'> {
  const schemas = schemasIn(response);
  if (schemas.length === 0) return {};
  const places = Object.entries(fields).flatMap(([name, { at = [name], merge }]): [string, Path][] => [
    [name, at],
    ...(merge?.keys ?? []).map((key): [string, Path] => [`${name}.${key}`, [...at, key]]),
  ]);
  const declared = (mutability: string) =>
    places.filter(([, place]) => mutabilityOf(schemas, place) === mutability).map(([name]) => name);
  return { readOnly: declared('readonly'), immutable: declared('immutable') };
}

/** A list response (RFC 7644 section 4), or a bare list. */
function schemasIn(response: Json | undefined): JsonObject[] {
  const list = Array.isArray(response) ? response : valueAtAnyCase(response, ['Resources']);
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** In lower case. A sub-attribute of an attribute that cannot be written, or only once, is no freer than that. */
function mutabilityOf(schemas: readonly JsonObject[], place: Path): string | undefined {
  const [head = '', ...rest] = place;
  const isExtension = /^urn:/i.test(head);
  const schema = schemas.find((one) => (isExtension ? isNamed(one, 'id', head) : isUserSchema(one)));
  let attributes = valueAtAnyCase(schema, ['attributes']);
  let found: string | undefined;
  for (const name of isExtension ? rest : place) {
    const attribute = Array.isArray(attributes)
      ? attributes.filter(isObject).find((one) => isNamed(one, 'name', name))
      : undefined;
    const mutability = valueAtAnyCase(attribute, ['mutability']);
    if (typeof mutability === 'string') found = stricter(found, mutability.toLowerCase());
    attributes = valueAtAnyCase(attribute, ['subAttributes']);
  }
  return found;
}

const STRICTEST_FIRST = ['readonly', 'immutable'];

function stricter(outer: string | undefined, inner: string): string {
  return STRICTEST_FIRST.find((mutability) => mutability === outer || mutability === inner) ?? inner;
}

function isUserSchema(schema: JsonObject): boolean {
  return isNamed(schema, 'id', 'urn:ietf:params:scim:schemas:core:2.0:User');
}

function isNamed(object: JsonObject, key: string, name: string): boolean {
  const value = valueAtAnyCase(object, [key]);
  return typeof value === 'string' && value.toLowerCase() === name.toLowerCase();
}
