import { isObject, type Json, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import type { Ports } from '../ports.ts';
import type { MirrorImage, Plan } from '../types.ts';

/**
 * What a write displaces and what it puts there, secrets aside: sealed before the write, for settling an interrupted
 * change and for undo. An absent key means an absent value.
 */
export interface Image {
  changes: ImageChange[];
  /** How many secrets changed; their values are nowhere. */
  secrets: number;
  /** What moved although nobody asked for it, added once the record was read back. */
  collateral?: ImageChange[];
}

export interface ImageChange {
  field: string;
  before?: Json;
  after?: Json;
  mirror?: MirrorImage;
}

export function imageOf(plan: Plan, record: JsonObject): Image {
  const open = plan.changes.filter((change) => change.definition.sensitivity !== 'secret');
  return {
    changes: open.map(({ field, after, definition }) => {
      const mirror = definition.mirror && mirrorImage(record, definition.mirror);
      return present({ field, before: valueAt(record, [field]), after, mirror });
    }),
    secrets: plan.changes.length - open.length,
  };
}

export function withCollateral(image: Image, found: readonly Moved[]): Image {
  return { ...image, collateral: found.map(present) };
}

/** A field that moved although nobody asked for it. */
export interface Moved {
  field: string;
  before: Json | undefined;
  after: Json | undefined;
}

/** Opens the image of a change; undefined where none is kept. Throws where the key is another one. */
export async function readImage(changeId: string, ports: Pick<Ports, 'store' | 'seal'>): Promise<Image | undefined> {
  const sealed = await ports.store.image(changeId);
  if (!sealed) return undefined;
  const image = ports.seal.unseal(changeId, sealed);
  return isObject(image) && Array.isArray(image['changes']) ? (image as unknown as Image) : undefined; // sealed by us
}

function mirrorImage(record: JsonObject, path: readonly [string, string]): MirrorImage {
  const value = valueAt(record, path);
  return { container: isObject(record[path[0]]), ...(value !== undefined && { value }) };
}

function present(change: Moved & { mirror?: MirrorImage | undefined }): ImageChange {
  const { field, before, after, mirror } = change;
  return {
    field,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(mirror && { mirror }),
  };
}
