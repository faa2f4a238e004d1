import { AppError } from '../../errors.ts';
import { type Json, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import type { Field } from '../../providers/field.ts';
import { fieldOf, type Provider } from '../../providers/provider.ts';
import type { ChangeRequest } from '../types.ts';
import { isSame } from './compare.ts';
import { compareField } from './leaf-changes.ts';
import { withOwnParts } from './own-parts.ts';
import { targetValue } from './target-value.ts';
import type { FieldChange, LeafChange } from './types.ts';

/** The value of a field in a user record. Some vendors keep it in the second place only. */
export function readField(record: JsonObject, name: string, field: Field): Json | undefined {
  return valueAt(record, [name]) ?? (field.mirror && valueAt(record, field.mirror));
}

/** What the request changes in one field; empty if the user record already has the target value. */
export function planField(
  provider: Provider,
  request: ChangeRequest,
  record: JsonObject,
  name: string,
  without: ReadonlySet<string>,
): FieldChange[] {
  const definition = fieldOf(provider, name);
  if (!definition) throw new AppError('invalid_input', `${name}: not a field of ${provider.title}`);
  if (without.has(name)) return [];
  if (request.askFor.includes(name) && !request.set.has(name)) {
    const leaf = { ...leafOf(name, definition, undefined, undefined), asked: true as const };
    return [{ ...toFieldChange(name, definition, undefined, [leaf]), cleared: false, asked: true }];
  }
  const held = readField(record, name, definition);
  const target = withOwnParts(definition, held, targetValue(provider, request, name, definition, held));
  // The present value of a write-only field is unknown, so setting it is always a change.
  if (definition.readback === false) {
    return [toFieldChange(name, definition, target, [leafOf(name, definition, held, target)])];
  }
  if (definition.mirror)
    return planMirrored(request, record, name, { ...definition, mirror: definition.mirror }, target);
  const { leaves, after } = compareField(name, definition, held, target, without);
  return leaves.length === 0 ? [] : [toFieldChange(name, definition, after, leaves, held)];
}

/**
 * A field that the vendor keeps in two places. If both change from the same value to the same value, they are one leaf;
 * else each place that changes is a leaf, so that neither value hides the other.
 */
function planMirrored(
  request: ChangeRequest,
  record: JsonObject,
  name: string,
  definition: Field & { mirror: readonly [string, string] },
  target: Json | undefined,
): FieldChange[] {
  const { mirror, compare } = definition;
  const restored = request.undo?.mirrors.get(name);
  const first = { before: valueAt(record, [name]), after: target };
  const second = { before: valueAt(record, mirror), after: restored ? restored.value : target };
  const isLike = (one: Json | undefined, other: Json | undefined) => isSame(one, other, compare);
  const isInStep = isLike(first.before, second.before) && isLike(first.after, second.after);
  const places = [
    leafOf(name, definition, first.before, first.after),
    { ...leafOf(name, definition, second.before, second.after), place: mirror },
  ];
  const leaves = places.filter(({ before, after, place }) => !isLike(before, after) && !(isInStep && place));
  if (leaves.length === 0) return [];
  // A place that does not change keeps the vendor's spelling of its value.
  const afterOf = ({ before, after }: typeof first) => (isLike(before, after) ? before : after);
  return [
    {
      ...toFieldChange(name, definition, afterOf(first), leaves, first.before ?? second.before),
      second: { path: mirror, after: afterOf(second), ...(restored && { hadContainer: restored.container }) },
    },
  ];
}

function leafOf(name: string, definition: Field, before: Json | undefined, after: Json | undefined): LeafChange {
  const { effect, sensitivity } = definition;
  return { path: [name], definition, effect, sensitivity, before, after, exact: false };
}

function toFieldChange(
  field: string,
  definition: Field,
  after: Json | undefined,
  leaves: readonly LeafChange[],
  before?: Json,
): FieldChange {
  const cleared = after === undefined || after === '';
  return { field, definition, before, after: cleared ? undefined : after, cleared, leaves };
}
