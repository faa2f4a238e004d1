import { isEmail } from '../../checks.ts';
import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';
import { refuse } from './errors.ts';
import { type Attribute, attributeOf, CORE, EXTENSIONS, isSameName, partOf, SCHEMAS } from './schemas.ts';

/**
 * Checks a whole user against the schemas. What no schema lists may stay if the user had it before: services keep
 * attributes that they do not describe.
 */
export function validate(user: JsonRecord, stored: JsonRecord): void {
  const { schemas } = user;
  if (!Array.isArray(schemas) || !schemas.some((urn) => isSameName(String(urn), CORE))) {
    refuse('invalidSyntax', `schemas must contain ${CORE}`);
  }
  for (const { name, required } of SCHEMAS[CORE] ?? []) {
    if (required && (user[name] === undefined || user[name] === '')) refuse('invalidValue', `'${name}' is required`);
  }
  for (const [name, value] of Object.entries(user)) {
    if (name === 'schemas') continue;
    const attribute = attributeOf(undefined, name);
    const urn = EXTENSIONS.find((known) => isSameName(known, name));
    if (attribute) checkAttribute(attribute, value);
    else if (urn !== undefined) checkExtension(urn, value, schemas);
    else if (!(name in stored)) refuse('invalidSyntax', `'${name}' is not an attribute of this service`);
  }
}

function checkExtension(urn: string, value: JsonValue, schemas: readonly JsonValue[]): void {
  if (!isObject(value)) refuse('invalidValue', `${urn} must be an object`);
  if (!schemas.some((listed) => isSameName(String(listed), urn))) refuse('invalidSyntax', `schemas must list ${urn}`);
  for (const [name, inner] of Object.entries(value)) {
    const attribute = attributeOf(urn, name);
    if (!attribute) refuse('invalidSyntax', `'${name}' is not an attribute of ${urn}`);
    checkAttribute(attribute, inner);
  }
}

function checkAttribute(attribute: Attribute, value: JsonValue): void {
  const { name, multiValued } = attribute;
  if (!multiValued) return checkValue(attribute, name, value);
  if (!Array.isArray(value)) refuse('invalidValue', `'${name}' must be a list`);
  for (const entry of value) checkValue(attribute, name, entry);
  const entries = value.filter(isObject);
  if (entries.filter((entry) => entry['primary'] === true).length > 1) {
    refuse('invalidValue', `'${name}' has more than one primary value`);
  }
  if (name !== 'addresses' && entries.some((entry) => entry['value'] === undefined)) {
    refuse('invalidValue', `A value of '${name}' lacks 'value'`);
  }
  if (name === 'emails' && !entries.every((entry) => isEmail(entry['value']))) {
    refuse('invalidValue', `'emails' holds an invalid address`);
  }
}

function checkValue(attribute: Attribute, path: string, value: JsonValue): void {
  if (attribute.type === 'boolean') {
    if (typeof value !== 'boolean') refuse('invalidValue', `'${path}' must be true or false`);
    return;
  }
  if (attribute.type !== 'complex') {
    if (typeof value !== 'string') refuse('invalidValue', `'${path}' must be a text`);
    if (attribute.type === 'reference' && !URL.canParse(value)) refuse('invalidValue', `'${path}' must be a URL`);
    return;
  }
  if (!isObject(value)) refuse('invalidValue', `'${path}' must be an object`);
  for (const [name, inner] of Object.entries(value)) {
    const part = partOf(attribute, name);
    if (!part) refuse('invalidSyntax', `'${path}.${name}' is not an attribute of this service`);
    checkValue(part, `${path}.${name}`, inner);
  }
}
