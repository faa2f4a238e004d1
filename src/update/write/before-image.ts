import { isObject, type Json, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import type { Plan, UnplannedChange } from '../plan/types.ts';
import type { Ports } from '../ports.ts';
import type { MirrorImage } from '../types.ts';

/**
 * The values a write replaces and the values it sets, secrets aside: sealed before the write, for recovering an in-doubt
 * entry and for undo. An absent key means an absent value.
 */
export interface BeforeImage {
  changes: BeforeImageChange[];
  /** How many secrets changed; their values are not kept. */
  secrets: number;
  /** Unrequested changes, added once the user record was read back. */
  collateral?: BeforeImageChange[];
}

export interface BeforeImageChange {
  field: string;
  before?: Json;
  after?: Json;
  mirror?: MirrorImage;
}

export function beforeImageOf(plan: Plan, record: JsonObject): BeforeImage {
  const open = plan.changes.filter((change) => change.definition.sensitivity !== 'secret');
  return {
    changes: open.map(({ field, after, definition }) => {
      const mirror = definition.mirror && mirrorImage(record, definition.mirror);
      return present({ field, before: valueAt(record, [field]), after, mirror });
    }),
    secrets: plan.changes.length - open.length,
  };
}

export function withCollateral(beforeImage: BeforeImage, found: readonly UnplannedChange[]): BeforeImage {
  return { ...beforeImage, collateral: found.map(present) };
}

/** Opens the before-image of a change; undefined if none is kept. Throws if it was sealed with another key. */
export async function readBeforeImage(
  changeId: string,
  ports: Pick<Ports, 'store' | 'seal'>,
): Promise<BeforeImage | undefined> {
  const sealed = await ports.store.beforeImage(changeId);
  if (!sealed) return undefined;
  const beforeImage = ports.seal.unseal(changeId, sealed);
  return isObject(beforeImage) && Array.isArray(beforeImage['changes'])
    ? (beforeImage as unknown as BeforeImage)
    : undefined; // sealed by us
}

function mirrorImage(record: JsonObject, path: readonly [string, string]): MirrorImage {
  const value = valueAt(record, path);
  return { container: isObject(record[path[0]]), ...(value !== undefined && { value }) };
}

function present(change: UnplannedChange & { mirror?: MirrorImage | undefined }): BeforeImageChange {
  const { field, before, after, mirror } = change;
  return {
    field,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(mirror && { mirror }),
  };
}
