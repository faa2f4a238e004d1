import type { Json, JsonObject } from '../../../src/lib/json/json-value.ts';
import { providers } from '../../../src/providers/index.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import { compareField } from '../../../src/update/plan/leaf-changes.ts';
import { createPlan } from '../../../src/update/plan/plan.ts';
import type { LeafChange, Plan } from '../../../src/update/plan/types.ts';
import type { ChangeRequest } from '../../../src/update/types.ts';

export function providerOf(id: string): Provider {
  const provider = providers.find((one) => one.id === id);
  if (!provider) throw new Error(`no provider ${id}`);
  return provider;
}

/** The part of a change request that a plan depends on. */
export interface PlainRequest {
  set?: Record<string, Json>;
  clear?: readonly string[];
}

export function requestFor({ set = {}, clear = [] }: PlainRequest): ChangeRequest {
  return { tool: 'test', userId: '1', set: new Map(Object.entries(set)), clear, askFor: [], dryRun: false };
}

export function planFor(id: string, record: JsonObject, request: PlainRequest, without: readonly string[] = []): Plan {
  return createPlan(providerOf(id), requestFor(request), { record }, new Set(without));
}

/** Makes every write to it throw. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}

/** The leaves in which two values of a field differ. */
export function leavesOf(id: string, field: string, before: Json | undefined, after: Json | undefined): LeafChange[] {
  return compareField(field, leafOf(id, field, before, after).definition, before, after).leaves;
}

/** One leaf for a whole field, whatever its values. */
export function leafOf(id: string, field: string, before: Json | undefined, after: Json | undefined): LeafChange {
  const definition = providerOf(id).fields[field];
  if (!definition) throw new Error(`${id} has no field ${field}`);
  const { effect, sensitivity } = definition;
  return { path: [field], definition, effect, sensitivity, before, after, exact: false };
}
