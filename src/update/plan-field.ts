import { AppError } from '../errors.ts';
import { type Json, type JsonObject, valueAt } from '../json-value.ts';
import type { Field, Provider } from '../providers/provider.ts';
import { isEmpty, isSame } from './compare.ts';
import { compareField } from './leaf-changes.ts';
import { targetValue } from './target-value.ts';
import type { ChangeRequest, FieldChange, LeafChange } from './types.ts';

/** A field as the record holds it; some vendors keep it in a second place only. */
export function readField(record: JsonObject, name: string, field: Field): Json | undefined {
  return valueAt(record, [name]) ?? (field.mirror && valueAt(record, field.mirror));
}

/** What the request changes in one field; nothing where the record already is so. */
export function planField(
  provider: Provider,
  request: ChangeRequest,
  record: JsonObject,
  name: string,
  without: ReadonlySet<string>,
): FieldChange[] {
  const definition = Object.hasOwn(provider.fields, name) ? provider.fields[name] : undefined;
  if (!definition) throw new AppError('invalid_input', `${name}: not a field of ${provider.title}`);
  if (without.has(name)) return [];
  if (request.askFor.includes(name) && !request.set.has(name)) {
    const leaf = { ...leafOf(name, definition, undefined, undefined), asked: true as const };
    return [{ ...toFieldChange(name, definition, undefined, [leaf]), cleared: false, asked: true }];
  }
  const held = readField(record, name, definition);
  const target = targetValue(provider, request, name, definition, held);
  // What cannot be read may hold anything: to set it is always a change.
  if (definition.readback === false) {
    return [toFieldChange(name, definition, target, [leafOf(name, definition, held, target)])];
  }
  if (definition.mirror)
    return planMirrored(request, record, name, { ...definition, mirror: definition.mirror }, target);
  const { leaves, after } = compareField(name, definition, held, target, without);
  return leaves.length === 0 ? [] : [toFieldChange(name, definition, after, leaves, held)];
}

/**
 * A field that the vendor keeps in two places. Where both move from one value to one value that is one leaf, else each
 * place has its own: what the second one held must not disappear behind the first.
 */
function planMirrored(
  request: ChangeRequest,
  record: JsonObject,
  name: string,
  definition: Field & { mirror: readonly [string, string] },
  target: Json | undefined,
): FieldChange[] {
  const { mirror, compare } = definition;
  const [first, second] = [valueAt(record, [name]), valueAt(record, mirror)];
  const image = request.undo?.mirrors.get(name);
  const secondTarget = image ? image.value : target;
  const firstMoves = !isSame(first, target, compare);
  const secondMoves = !isSame(second, secondTarget, compare);
  if (!firstMoves && !secondMoves) return [];
  const apart = !isSame(second, first, compare) && !isEmpty(first) && !isEmpty(second);
  const isTwo = firstMoves && secondMoves && (apart || !isSame(target, secondTarget, compare));
  const shown = firstMoves && (isTwo || !isEmpty(first) || !secondMoves) ? first : second;
  const leaf = leafOf(name, definition, shown, firstMoves ? target : secondTarget);
  const place = { ...leafOf(name, definition, second, secondTarget), place: mirror };
  return [toFieldChange(name, definition, target, isTwo ? [leaf, place] : [leaf], shown)];
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
