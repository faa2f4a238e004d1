import { AppError } from '../errors.ts';
import { isObject, type Json, type JsonObject, valueAt } from '../json-value.ts';
import { type Field, type Provider } from '../providers/provider.ts';
import { isSame } from './compare.ts';
import { labelOf } from './label.ts';
import type { Change, ChangeRequest, Current, Plan, Undo } from './types.ts';
import { wantedValue } from './wanted.ts';

/**
 * The record as it is + what is wanted → exactly what will be sent and how the record should read afterwards.
 * Pure. Throws `invalid_input` where the vendor's own rules (exactly one primary e-mail …) would be broken.
 */
export function makePlan(
  provider: Provider,
  request: ChangeRequest,
  current: Current,
  without: ReadonlySet<string>,
): Plan {
  const { record } = current;
  const changes = wantedFields(request)
    .filter((field) => !without.has(field))
    .flatMap((field) => planField(provider, request, record, field));
  const expected = applied(record, changes, request.undo?.mirrors);
  const contested = request.undo?.contested(record) ?? [];
  checkRules(provider, request, changes, expected, record);
  return {
    userId: request.userId,
    label: labelOf(provider, record) ?? request.userId,
    emails: provider.emails(record),
    contested: changes.map(({ field }) => field).filter((field) => contested.includes(field)),
    version: versionOf(provider, record, current.etag),
    changes,
    before: record,
    body: bodyOf(provider, record, expected, changes),
    expected,
  };
}

/** A field as the record holds it; some vendors keep it in a second place only. */
export function readField(record: JsonObject, name: string, field: Field): Json | undefined {
  return valueAt(record, [name]) ?? (field.mirror && valueAt(record, field.mirror));
}

function versionOf(provider: Provider, record: JsonObject, etag: string | undefined): string | undefined {
  const values = (provider.version ?? []).map((path) => valueAt(record, path));
  const version = values.find((value) => value !== undefined && value !== null);
  return version === undefined ? etag : String(version);
}

function wantedFields(request: ChangeRequest): string[] {
  const cleared = request.clear.map((name) => name.split('.')[0] ?? name);
  return [...new Set([...request.set.keys(), ...cleared, ...request.askFor])];
}

function planField(provider: Provider, request: ChangeRequest, record: JsonObject, name: string): Change[] {
  const definition = Object.hasOwn(provider.fields, name) ? provider.fields[name] : undefined;
  if (!definition) throw new AppError('invalid_input', `${name}: not a field of ${provider.title}`);
  if (request.askFor.includes(name) && !request.set.has(name)) {
    return [{ field: name, definition, before: undefined, after: undefined, cleared: false, asked: true }];
  }
  const held = readField(record, name, definition);
  const after = wantedValue(provider, request, name, definition, held);
  const cleared = after === undefined || after === '';
  const image = request.undo?.mirrors.get(name);
  const mirrored = image ? image.value : after;
  const second = definition.mirror && valueAt(record, definition.mirror);
  const inStep = !definition.mirror || isSame(second, mirrored, definition.compare);
  const known = definition.readback !== false;
  const isHeld = isSame(valueAt(record, [name]), after, definition.compare);
  if (known && inStep && isHeld) return [];
  // Where only the second place moves, what it holds is what the change displaces.
  const before = isHeld && !inStep ? second : held;
  return [{ field: name, definition, before, after: cleared ? undefined : after, cleared }];
}

/** The record with the changes in it. What no change touches is shared with the record, not copied. */
function applied(record: JsonObject, changes: readonly Change[], mirrors?: Undo['mirrors']): JsonObject {
  const result = { ...record };
  for (const { field, definition, after } of changes) {
    put(result, field, after);
    if (!definition.mirror) continue;
    const [container, key] = definition.mirror;
    const image = mirrors?.get(field);
    const mirrored = image ? image.value : after;
    const inner = result[container];
    if (isObject(inner)) result[container] = withMember(inner, key, mirrored);
    else if (mirrored !== undefined) result[container] = { [key]: mirrored };
    if (image?.container === false) removeExtension(result, container);
  }
  return result;
}

function withMember(container: JsonObject, key: string, value: Json | undefined): JsonObject {
  const copy = { ...container };
  put(copy, key, value);
  return copy;
}

function put(target: JsonObject, key: string, value: Json | undefined): void {
  if (value === undefined) delete target[key];
  else target[key] = value;
}

/** Takes away an extension that only the undone change had brought, once nothing is left in it. */
function removeExtension(record: JsonObject, urn: string): void {
  const extension = record[urn];
  if (!isObject(extension) || Object.keys(extension).length > 0) return;
  delete record[urn];
  const schemas = record['schemas'];
  if (Array.isArray(schemas)) record['schemas'] = schemas.filter((schema) => schema !== urn);
}

function bodyOf(provider: Provider, record: JsonObject, expected: JsonObject, changes: readonly Change[]): JsonObject {
  const { write } = provider;
  const changed = Object.fromEntries(
    changes.map(({ field, definition, after }) => [field, after ?? emptied(definition)]),
  );
  if (write.semantics === 'merge') {
    const echoed = Object.keys(write.echo ?? {}).filter(
      (field) => record[field] !== undefined && record[field] !== null,
    );
    return compact({ ...Object.fromEntries(echoed.map((field) => [field, record[field]])), ...changed });
  }
  if (write.carry === 'record') {
    const kept = Object.entries(expected).filter(([key]) => !write.withhold?.includes(key));
    return withSchemas(compact({ ...Object.fromEntries(kept), ...changed }), write.schema);
  }
  const fields = Object.entries(provider.fields).filter(([, field]) => field.readback !== false);
  const carried = fields.map(([name, field]) => [name, record[name] ?? emptied(field)]);
  return compact({ ...Object.fromEntries(carried), ...changed });
}

/** Whatever was read, a resource that is sent lists its own URN and that of each extension in it. */
function withSchemas(body: JsonObject, resource: string | undefined): JsonObject {
  if (resource === undefined) return body;
  const listed = Array.isArray(body['schemas']) ? body['schemas'] : [];
  const extensions = Object.keys(body).filter((key) => key.startsWith('urn:') && isObject(body[key]));
  return { ...body, schemas: [...new Set([...listed, resource, ...extensions])] };
}

function emptied(field: Field): Json | undefined {
  if (field.clear === 'null') return null;
  return field.clear === 'empty' ? '' : undefined;
}

function compact(body: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(body).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

function checkRules(
  provider: Provider,
  request: ChangeRequest,
  changes: readonly Change[],
  expected: JsonObject,
  record: JsonObject,
): void {
  if (changes.length === 0) return;
  const wanted = new Set(changes.map((change) => change.field));
  const faults = (provider.rules ?? []).flatMap((rule) => rule(expected, wanted, record) ?? []);
  if (faults.length > 0) {
    const pathOf = (field: string) => (request.set.has(field) ? `set.${field}` : field);
    throw new AppError('invalid_input', faults.map(({ field, message }) => `${pathOf(field)}: ${message}`).join('\n'));
  }
}
