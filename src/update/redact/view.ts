import { isExact, isObject, type Json, type JsonObject } from '../../lib/json/json-value.ts';
import { printable } from '../../lib/text/printable.ts';
import { type Field, type Provider, type Sensitivity } from '../../providers/provider.ts';
import { leafName } from '../plan/leaf-changes.ts';
import { bareReferences, referenceDetails } from '../plan/references.ts';
import type { ChangeView, Connection, LeafChange, Plan, PlanView } from '../types.ts';
import { mask, SECRET } from './mask.ts';
import { type KnownParts, knownParts, NO_PARTS, unknownParts } from './sub-attributes.ts';

/** `model`: the agent's context. `person`: whoever is asked. `record`: change log, logs, metrics. */
export type Audience = 'model' | 'person' | 'record';

/** What one audience may see, by the one field catalogue. `relaxed` lists audiences that see personal data in clear. */
export interface Redaction {
  relaxed: readonly Audience[];
}

/** A plan as one audience may see it. `valuesFromCaller`: the new values are what the model itself sent. */
export function viewPlan(
  connection: Connection,
  plan: Plan,
  audience: Audience,
  redaction: Redaction,
  valuesFromCaller: boolean,
): PlanView {
  const clear = seesPersonal(audience, redaction);
  return {
    provider: connection.provider.id,
    connection: connection.name,
    userId: plan.userId,
    label: plan.label,
    changes: plan.leaves.map((leaf) => viewLeaf(leaf, clear, clear || (audience === 'model' && valuesFromCaller))),
    warnings: plan.warnings,
  };
}

/** Fields whose values the model sees masked, so that it could try to guess them. */
export function isMasked(field: Field, redaction: Redaction): boolean {
  return field.sensitivity === 'secret' || (field.sensitivity === 'personal' && !seesPersonal('model', redaction));
}

/** Attributes that moved although nobody asked, as one audience may see them. */
export function viewValue(
  provider: Provider,
  name: string,
  value: Json | undefined,
  audience: Audience,
  redaction: Redaction,
): Json {
  const field = Object.hasOwn(provider.fields, name) ? provider.fields[name] : undefined;
  const inClear = seesPersonal(audience, redaction);
  const mirrored = mirroredIn(provider, name);
  if (mirrored.size === 0 || !isObject(value)) {
    const shown = inClear ? value : bareReferences(value, field);
    return show(shown, sensitivityOf(provider, name), inClear, knownParts(field));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const same = mirrored.get(key);
      return [key, show(member, same?.sensitivity ?? 'secret', inClear, knownParts(same))];
    }),
  );
}

/** Something that moved although nobody asked for it, as one audience may see it. */
export function viewCollateral(
  provider: Provider,
  { field, before, after, leaf }: Collateral,
  audience: Audience,
  redaction: Redaction,
): Pick<ChangeView, 'field' | 'effect' | 'before' | 'after'> {
  const inClear = seesPersonal(audience, redaction);
  if (leaf) return viewLeaf(leaf, inClear, inClear);
  return {
    field: printable(field),
    effect: (Object.hasOwn(provider.fields, field) && provider.fields[field]?.effect) || 'ordinary',
    before: viewValue(provider, field, before, audience, redaction),
    after: viewValue(provider, field, after, audience, redaction),
  };
}

interface Collateral {
  field: string;
  before: Json | undefined;
  after: Json | undefined;
  leaf?: LeafChange;
}

/** A whole record as one audience may see it; unknown attributes count as secret. */
export function viewRecord(
  provider: Provider,
  record: JsonObject,
  audience: Audience,
  redaction: Redaction,
): JsonObject {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      printable(name),
      viewValue(provider, name, value, audience, redaction),
    ]),
  );
}

/** Every text in a value that must not turn up anywhere else. */
export function sensitiveTexts(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || isExact(value)) return [String(value)];
  if (Array.isArray(value)) return value.flatMap(sensitiveTexts);
  return isObject(value) ? Object.values(value).flatMap(sensitiveTexts) : [];
}

/** The personal and secret values of a record, for scrubbing; unknown attributes included. */
export function sensitiveValues(provider: Provider, record: JsonObject): string[] {
  return Object.entries(record).flatMap(([name, value]) => {
    const mirrored = mirroredIn(provider, name);
    if (mirrored.size === 0 || !isObject(value)) {
      const field = Object.hasOwn(provider.fields, name) ? provider.fields[name] : undefined;
      if (sensitivityOf(provider, name) !== 'public') return sensitiveTexts(value);
      return [...referenceDetails(value, field), ...unknownParts(value, knownParts(field))].flatMap(sensitiveTexts);
    }
    return Object.entries(value).flatMap(([key, member]) => {
      const same = mirrored.get(key);
      return (same?.sensitivity === 'public' ? unknownParts(member, knownParts(same)) : [member]).flatMap(
        sensitiveTexts,
      );
    });
  });
}

/** What is neither a field nor known to be read-only counts as secret. */
function sensitivityOf(provider: Provider, name: string): Sensitivity {
  const field = Object.hasOwn(provider.fields, name) ? provider.fields[name] : undefined;
  const readOnly = Object.hasOwn(provider.readOnly, name) ? provider.readOnly[name] : undefined;
  return field?.sensitivity ?? readOnly ?? 'secret';
}

/** The fields a vendor keeps a second time in a container, by their key there; whatever else it holds is unknown. */
function mirroredIn(provider: Provider, container: string): Map<string, Field> {
  const fields = Object.values(provider.fields).filter((field) => field.mirror?.[0] === container);
  return new Map(fields.map((field) => [field.mirror?.[1] ?? '', field]));
}

function seesPersonal(audience: Audience, redaction: Redaction): boolean {
  return audience === 'person' || redaction.relaxed.includes(audience);
}

function viewLeaf(leaf: LeafChange, beforeInClear: boolean, afterInClear: boolean): ChangeView {
  const { definition, before, after, effect, exact, asked, list } = leaf;
  const parts = leaf.path.length === 1 || exact ? knownParts(definition) : NO_PARTS;
  const shown = (value: Json | undefined, inClear: boolean) =>
    value === undefined && exact
      ? undefined
      : show(inClear ? value : bareReferences(value, definition), leaf.sensitivity, inClear, parts);
  const cleared = !asked && (after === undefined || after === '');
  return {
    field: leafName(leaf),
    effect,
    before: shown(before, beforeInClear),
    after: cleared && !exact ? null : shown(after, afterInClear),
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

function show(
  value: Json | undefined,
  sensitivity: Sensitivity,
  inClear: boolean,
  known: KnownParts | undefined,
): Json {
  if (sensitivity === 'secret') return SECRET;
  return value === undefined ? null : showParts(value, sensitivity === 'public' || inClear, known);
}

/** Known parts in clear or masked; what stands beside them counts as secret. */
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
