import type { Seal } from '../../store/seal.ts';
import type { Store } from '../../store/store.ts';

/**
 * Whether the newest sealed values in the store were sealed with a configured key; true if nothing is sealed. False if
 * instances share a store but not the key, or the key was lost. Reads headers only; decrypts nothing.
 */
export async function isKeyKnown(store: Store, seal: Pick<Seal, 'knows'>): Promise<boolean> {
  const [change] = await store.list({ outcome: 'updated', limit: 1 });
  const [waiting] = await store.approvals.list({ state: 'pending', limit: 1 });
  const beforeImage = change && (await store.beforeImage(change.changeId));
  return [beforeImage, waiting?.view].every((sealed) => sealed === undefined || seal.knows(sealed));
}

/** The advice to the operator. `setting`: the setting that holds the key. */
export function unknownKeyMessage(setting: string): string {
  return `what the store holds was sealed with another key; set ${setting} to the one the other instances use, or list it in oldKeys`;
}
