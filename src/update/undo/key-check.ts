import type { Seal } from '../../store/seal.ts';
import type { Store } from '../../store/store.ts';

/**
 * Whether the newest of what the store holds was sealed with a key that is at hand; true where nothing is sealed. It is
 * not where instances share a store but no key, or where the key was lost. Looks at headers and opens nothing.
 */
export async function isKeyAtHand(store: Store, seal: Pick<Seal, 'knows'>): Promise<boolean> {
  const [change] = await store.list({ outcome: 'updated', limit: 1 });
  const [waiting] = await store.approvals.list({ state: 'pending', limit: 1 });
  const image = change && (await store.beforeImage(change.changeId));
  return [image, waiting?.view].every((sealed) => sealed === undefined || seal.knows(sealed));
}

/** What an operator does about it; `setting` is what the key goes by where it is set. */
export function missingKeyWords(setting: string): string {
  return `what the store holds was sealed with another key; set ${setting} to the one the other instances use, or list it in oldKeys`;
}
