import { AppError } from '../../errors.ts';
import { parsePath } from '../../lib/json/field-path.ts';
import { stringifyJson } from '../../lib/json/json.ts';
import { isObject, type Json, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import type { Field } from '../../providers/field.ts';
import { emailsOf } from '../../providers/interpret/person.ts';
import { asRead } from '../../providers/interpret/record-shape.ts';
import { recordWriteFor } from '../../providers/interpret/record-write.ts';
import type { Provider } from '../../providers/provider.ts';
import { bodyOf } from '../body/body.ts';
import type { ChangeRequest, Current } from '../types.ts';
import { isEmpty } from './compare.ts';
import { withoutDerived } from './derived.ts';
import { headlineOf } from './headline.ts';
import { labelOf } from './label.ts';
import { planField } from './plan-field.ts';
import type { FieldChange, Plan } from './types.ts';
import { sideEffectsOf, warningsOf } from './warnings.ts';
import { checkWritable } from './writable.ts';

/**
 * Plans a request against the present user record: the exact body to send and the record expected afterwards. Omits
 * leaves whose path or field is in `without`. Pure. Throws `invalid_input` if the result would break a rule of the vendor
 * (exactly one primary e-mail …) or if the vendor would change a field that cannot be sent along.
 */
export function createPlan(
  provider: Provider,
  request: ChangeRequest,
  current: Current,
  without: ReadonlySet<string>,
): Plan {
  const { record } = current;
  const changes = requestedFields(request).flatMap((field) => planField(provider, request, record, field, without));
  const expected = withoutDerived(provider, asRead(provider, applyChanges(record, changes)), changes);
  const contested = request.undo?.contested(record) ?? [];
  const write = recordWriteFor(provider, current.service);
  checkRules(provider, request, changes, expected, record);
  checkWritable(provider, write, current, { changes, expected });
  const leaves = changes.flatMap((change) => change.leaves);
  const listOrder = request.undo ? 'restored' : 'any';
  const body = bodyOf({ provider, write, record, expected, changes, listOrder });
  const sideEffects = leaves.length > 0 ? sideEffectsOf(provider, record, body) : [];
  return {
    userId: request.userId,
    label: labelOf(provider, record) ?? request.userId,
    emails: emailsOf(provider, record),
    contested: changes.map(({ field }) => field).filter((field) => contested.includes(field)),
    version: versionOf(provider, record, current.etag),
    leaves,
    changes,
    sideEffects,
    warnings: warningsOf(provider, changes, sideEffects),
    headline: headlineOf(changes),
    before: record,
    write,
    body,
    expected,
  };
}

function versionOf(provider: Provider, record: JsonObject, etag: string | undefined): string | undefined {
  const values = (provider.version ?? []).map((path) => valueAt(record, path));
  const version = values.find((value) => value !== undefined && value !== null);
  return version === undefined ? etag : String(version);
}

function requestedFields(request: ChangeRequest): string[] {
  const cleared = request.clear.map((path) => parsePath(path)?.[0] ?? path);
  return [...new Set([...request.set.keys(), ...cleared, ...request.askFor])];
}

/** The user record with the changes applied. Unchanged parts are shared with the original, not copied. */
function applyChanges(record: JsonObject, changes: readonly FieldChange[]): JsonObject {
  const result = { ...record };
  for (const { field, after, second } of changes) {
    put(result, field, after);
    if (!second) continue;
    const [container, key] = second.path;
    const inner = result[container];
    if (isObject(inner)) result[container] = withMember(inner, key, second.after);
    else if (second.after !== undefined) result[container] = { [key]: second.after };
    if (second.hadContainer === false) removeExtension(result, container);
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

/** Removes an empty extension that the undone change had added. */
function removeExtension(record: JsonObject, urn: string): void {
  const extension = record[urn];
  if (!isObject(extension) || Object.keys(extension).length > 0) return;
  delete record[urn];
  const schemas = record['schemas'];
  if (Array.isArray(schemas)) record['schemas'] = schemas.filter((schema) => schema !== urn);
}

function checkRules(
  provider: Provider,
  request: ChangeRequest,
  changes: readonly FieldChange[],
  expected: JsonObject,
  record: JsonObject,
): void {
  if (changes.length === 0) return;
  const changed = new Set(changes.map((change) => change.field));
  const faults = (provider.rules ?? []).flatMap((rule) => rule(expected, changed, record) ?? []);
  if (faults.length > 0) {
    const pathOf = (field: string) => (request.set.has(field) ? `set.${field}` : field);
    throw new AppError('invalid_input', faults.map(({ field, message }) => `${pathOf(field)}: ${message}`).join('\n'));
  }
}
