import { isObject, type JsonRecord, type JsonValue } from '../../../json.ts';
import { refuse } from '../errors.ts';
import { isMatch } from '../filter.ts';
import { type Attribute, EXTENSIONS, isSameName } from '../schemas.ts';
import type { Operation } from './operations.ts';
import { type PatchTarget, parsePath } from './path.ts';
import { demoteOthers, isSameEntry, keyIn, setIn } from './values.ts';

/** The resource after all operations, in their order; the one given stays as it is. RFC 7644 section 3.5.2. */
export function applyOperations(resource: JsonRecord, operations: readonly Operation[]): JsonRecord {
  const patched = structuredClone(resource);
  for (const { op, target, value } of operations) {
    if (target) applyTo(patched, op, target, value);
    else if (isObject(value)) applyAll(patched, op, value);
  }
  return patched;
}

/** Without a path the value is an object of attributes, those of an extension under its URN. */
function applyAll(resource: JsonRecord, op: Operation['op'], attributes: JsonRecord): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (isSameName(name, 'schemas')) continue;
    applyTo(resource, op, parsePath(name), value);
  }
}

function applyTo(resource: JsonRecord, op: Operation['op'], target: PatchTarget, value: JsonValue | undefined): void {
  const { urn, attribute, filter, part } = target;
  if (!attribute) return applyToExtension(resource, op, urn ?? '', value);
  refuseReadOnly(attribute, part);
  const holder = urn === undefined ? resource : extensionIn(resource, urn);
  const key = keyIn(holder, attribute.name);
  if (filter) applyToEntries(holder, key, op, target, value);
  else if (part) applyToPart(holder, key, op, attribute, part, value);
  else if (op === 'remove') removeWhole(holder, key, attribute);
  else if (attribute.multiValued) setEntries(holder, key, op, value);
  else setSingle(holder, key, attribute, value);
  if (urn !== undefined) listExtension(resource, urn);
}

function applyToExtension(resource: JsonRecord, op: Operation['op'], urn: string, value: JsonValue | undefined): void {
  if (op === 'remove') Reflect.deleteProperty(resource, keyIn(resource, urn));
  else if (!isObject(value)) refuse('invalidValue', `${urn} takes an object`);
  else for (const [name, inner] of Object.entries(value)) applyTo(resource, op, parsePath(`${urn}:${name}`), inner);
  listExtension(resource, urn);
}

/** The entries of a list that a filter selects, or a sub-attribute of each. */
function applyToEntries(
  holder: JsonRecord,
  key: string,
  op: Operation['op'],
  { filter, part, attribute }: PatchTarget,
  value: JsonValue | undefined,
): void {
  const held = holder[key];
  const entries = Array.isArray(held) ? held.filter(isObject) : [];
  const chosen = entries.filter((entry) => filter && isMatch(entry, filter));
  if (chosen.length === 0) refuse('noTarget', `No value of '${attribute?.name}' matches the filter`);
  if (op === 'remove' && !part) {
    return setIn(
      holder,
      key,
      entries.filter((entry) => !chosen.includes(entry)),
    );
  }
  for (const entry of chosen) {
    if (part && op === 'remove') Reflect.deleteProperty(entry, keyIn(entry, part.name));
    else if (part) entry[keyIn(entry, part.name)] = value ?? null;
    else if (!isObject(value)) refuse('invalidValue', `A value of '${attribute?.name}' is an object`);
    else if (op === 'add') Object.assign(entry, value);
    else {
      for (const name of Object.keys(entry)) Reflect.deleteProperty(entry, name);
      Object.assign(entry, value);
    }
    demoteOthers(entries, entry);
  }
  setIn(holder, key, entries);
}

function applyToPart(
  holder: JsonRecord,
  key: string,
  op: Operation['op'],
  attribute: Attribute,
  part: Attribute,
  value: JsonValue | undefined,
): void {
  const held = holder[key];
  // RFC 7644 section 3.5.2.3: without a filter a sub-attribute of a list means that of every entry.
  const objects = attribute.multiValued ? (Array.isArray(held) ? held.filter(isObject) : []) : [objectIn(holder, key)];
  if (objects.length === 0 && op !== 'remove') refuse('noTarget', `'${attribute.name}' has no values`);
  for (const object of objects) {
    const name = keyIn(object, part.name);
    if (op === 'remove') Reflect.deleteProperty(object, name);
    else object[name] = value ?? null;
  }
  if (!attribute.multiValued) setIn(holder, key, objects[0] ?? {});
}

function removeWhole(holder: JsonRecord, key: string, attribute: Attribute): void {
  if (attribute.required) refuse('mutability', `'${attribute.name}' is required and cannot be removed`);
  Reflect.deleteProperty(holder, key);
}

function setEntries(holder: JsonRecord, key: string, op: Operation['op'], value: JsonValue | undefined): void {
  const added = (Array.isArray(value) ? value : [value ?? null]).map((entry) => structuredClone(entry));
  const held = holder[key];
  const entries = op === 'add' && Array.isArray(held) ? held : [];
  for (const entry of added) {
    if (entries.some((other) => isSameEntry(other, entry))) continue;
    entries.push(entry);
    // A list that is replaced says itself which entry is primary.
    if (op === 'add' && isObject(entry)) demoteOthers(entries.filter(isObject), entry);
  }
  setIn(holder, key, entries);
}

/** A complex value is merged, both by `add` and by `replace` (RFC 7644 sections 3.5.2.1 and 3.5.2.3). */
function setSingle(holder: JsonRecord, key: string, attribute: Attribute, value: JsonValue | undefined): void {
  if (attribute.type !== 'complex') holder[key] = value ?? null;
  else if (!isObject(value)) refuse('invalidValue', `'${attribute.name}' takes an object`);
  else {
    const object = objectIn(holder, key);
    for (const [name, inner] of Object.entries(value)) object[keyIn(object, name)] = inner;
    setIn(holder, key, object);
  }
}

function refuseReadOnly(attribute: Attribute, part: Attribute | undefined): void {
  const fixed = [attribute, part].find((each) => each?.mutability === 'readOnly');
  if (fixed) refuse('mutability', `'${fixed.name}' is read-only`);
}

function objectIn(holder: JsonRecord, key: string): JsonRecord {
  const held = holder[key];
  return isObject(held) ? held : {};
}

function extensionIn(resource: JsonRecord, urn: string): JsonRecord {
  const key = keyIn(resource, urn);
  const extension = objectIn(resource, key);
  resource[key] = extension;
  return extension;
}

/** An extension is listed in `schemas` as long as it holds anything. */
function listExtension(resource: JsonRecord, urn: string): void {
  const key = keyIn(resource, urn);
  const held = resource[key];
  const isEmpty = !isObject(held) || Object.keys(held).length === 0;
  if (isEmpty) Reflect.deleteProperty(resource, key);
  const schemas = Array.isArray(resource['schemas']) ? resource['schemas'] : [];
  const others = schemas.filter((schema) => !isSameName(String(schema), urn));
  const isListed = others.length < schemas.length;
  if (isEmpty) resource['schemas'] = others;
  else if (!isListed) resource['schemas'] = [...schemas, EXTENSIONS.find((known) => isSameName(known, urn)) ?? urn];
}
