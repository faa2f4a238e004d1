import { consumedKeptMs, type Nonce } from '../nonce.ts';
import { storable } from '../storable.ts';

/** What a memory store remembers as consumed: one list for all uses, as in a database. */
export function createMemoryNonces() {
  const consumed = new Map<string, number>();
  return {
    isConsumed: (id: string) => consumed.has(storable(id)),
    consume({ id, expiresAt }: Nonce): void {
      consumed.set(storable(id), expiresAt);
    },
    purge(time: number): void {
      for (const [id, expiresAt] of consumed) if (expiresAt <= time - consumedKeptMs) consumed.delete(id);
    },
  };
}

export type MemoryNonces = ReturnType<typeof createMemoryNonces>;
