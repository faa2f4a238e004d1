import { isObject, type Json, type JsonObject } from '../../lib/json/json-value.ts';
import type { Audience, Redacted } from '../../lib/json/redacted.ts';
import { printable } from '../../lib/text/printable.ts';
import type { Field, Sensitivity } from '../../providers/field.ts';
import { fieldOf, type Provider } from '../../providers/provider.ts';
import { leafName } from '../plan/leaf-changes.ts';
import { bareReferences } from '../plan/references.ts';
import type { Collateral, LeafChange, Plan } from '../plan/types.ts';
import type { ChangeRequest, Connection } from '../types.ts';
import { mask, SECRET } from './mask.ts';
import { type KnownParts, knownParts, mirroredIn, NO_PARTS, sensitivityOf } from './sensitivity.ts';
import type { ChangeView, CollateralView, PlanView } from './types.ts';

/**
 * What each audience may see, according to the field catalogue. `relaxed` lists audiences that see personal data in the
 * clear.
 */
export interface Redaction {
  relaxed: readonly Audience[];
}

/** A plan as one audience may see it. The model sees the new values it sent itself, but not those an undo puts back. */
export function viewPlan<A extends Audience>(
  { connection, request }: { connection: Connection; request: Pick<ChangeRequest, 'undo'> },
  plan: Plan,
  audience: A,
  redaction: Redaction,
): PlanView<A> {
  const clear = seesPersonal(audience, redaction);
  const afterInClear = clear || (audience === 'model' && request.undo === undefined);
  return {
    provider: connection.provider.id,
    connection: connection.name,
    userId: plan.userId,
    label: plan.label,
    changes: plan.leaves.map((leaf) => viewLeaf<A>(leaf, { beforeInClear: clear, afterInClear })),
    warnings: plan.warnings,
    ...(plan.headline && { headline: plan.headline }),
  };
}

/** Whether the model sees the field's values masked, so that it might try to guess them. */
export function isMasked(field: Field, redaction: Redaction): boolean {
  return field.sensitivity === 'secret' || (field.sensitivity === 'personal' && !seesPersonal('model', redaction));
}

/** The value of an attribute as one audience may see it. */
export function viewValue<A extends Audience>(
  provider: Provider,
  name: string,
  value: Json | undefined,
  audience: A,
  redaction: Redaction,
): Redacted<A> {
  return redacted<A>(shownValue(provider, name, value, seesPersonal(audience, redaction)));
}

function shownValue(provider: Provider, name: string, value: Json | undefined, inClear: boolean): Json {
  const field = fieldOf(provider, name);
  const mirrored = mirroredIn(provider, name);
  if (mirrored.size === 0 || !isObject(value)) {
    const shown = inClear ? value : bareReferences(value, field);
    return show(shown, sensitivityOf(provider, name), inClear, knownParts(field));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const mirroredField = mirrored.get(key);
      return [key, show(member, mirroredField?.sensitivity ?? 'secret', inClear, knownParts(mirroredField))];
    }),
  );
}

/** A change that was not requested, as one audience may see it. */
export function viewCollateral<A extends Audience>(
  provider: Provider,
  { field, before, after, leaf }: Collateral,
  audience: A,
  redaction: Redaction,
): CollateralView<A> {
  const inClear = seesPersonal(audience, redaction);
  if (leaf) return viewLeaf<A>(leaf, { beforeInClear: inClear, afterInClear: inClear });
  return {
    field: printable(field),
    effect: fieldOf(provider, field)?.effect ?? 'ordinary',
    before: viewValue(provider, field, before, audience, redaction),
    after: viewValue(provider, field, after, audience, redaction),
  };
}

/** A whole user record as one audience may see it; undeclared attributes count as secret. */
export function viewRecord<A extends Audience>(
  provider: Provider,
  record: JsonObject,
  audience: A,
  redaction: Redaction,
): Record<string, Redacted<A>> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      printable(name),
      viewValue(provider, name, value, audience, redaction),
    ]),
  );
}

function seesPersonal(audience: Audience, redaction: Redaction): boolean {
  return audience === 'person' || redaction.relaxed.includes(audience);
}

interface Clearance {
  beforeInClear: boolean;
  afterInClear: boolean;
}

function viewLeaf<A extends Audience>(leaf: LeafChange, { beforeInClear, afterInClear }: Clearance): ChangeView<A> {
  const { definition, before, after, effect, exact, asked, list } = leaf;
  const parts = leaf.path.length === 1 || exact ? knownParts(definition) : NO_PARTS;
  const shown = (value: Json | undefined, inClear: boolean): Redacted<A> =>
    redacted<A>(show(inClear ? value : bareReferences(value, definition), leaf.sensitivity, inClear, parts));
  const side = (value: Json | undefined, inClear: boolean) =>
    value === undefined && exact ? undefined : shown(value, inClear);
  const cleared = !asked && (after === undefined || after === '');
  return {
    field: leafName(leaf),
    effect,
    before: side(before, beforeInClear),
    after: cleared && !exact ? null : side(after, afterInClear),
    cleared: cleared && after === undefined,
    ...(exact && { exact }),
    ...(leaf.place && { place: leaf.place.join(':') }),
    ...(asked && { asked }),
    ...(list && {
      list: {
        removed: list.removed.map((entry) => shown(entry, beforeInClear)),
        added: list.added.map((entry) => shown(entry, afterInClear)),
        reordered: list.reordered,
      },
    }),
  };
}

/** Marks a value as made for one audience. */
function redacted<A extends Audience>(shown: Json): Redacted<A> {
  return shown as unknown as Redacted<A>; // the brand exists in types only, and is set here alone
}

function show(
  value: Json | undefined,
  sensitivity: Sensitivity,
  inClear: boolean,
  known: KnownParts | undefined,
): Json {
  if (sensitivity === 'secret') return SECRET;
  return value === undefined ? null : showParts(value, sensitivity === 'public' || inClear, known);
}

/** Declared parts in the clear or masked; undeclared ones count as secret. */
function showParts(value: Json, inClear: boolean, known: KnownParts | undefined): Json {
  if (known && Array.isArray(value)) return value.map((entry) => showParts(entry, inClear, known));
  if (!known || !isObject(value)) return inClear ? value : mask(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const part = known.get(key);
      return [key, part === undefined ? SECRET : showParts(member, inClear || part === 'public', NO_PARTS)];
    }),
  );
}
