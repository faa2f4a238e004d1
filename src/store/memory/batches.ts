import {
  type BatchClaim,
  type Batches,
  type ClaimRules,
  type OpenBatch,
  type StoredBatch,
  UNCLAIMED,
} from '../batches.ts';
import type { EntryKind, NewEntry } from '../log/entry.ts';
import { storable } from '../storable.ts';

/** The rest of a memory store, as far as batches need it. */
export interface BatchAccess {
  now(): number;
  append(kind: EntryKind, entry: NewEntry): void;
  /** Consumes a yes for a change or a batch. False, without an effect, if it is no longer usable. */
  consume(request: Pick<OpenBatch, 'nonce' | 'approval'>, id: string): boolean;
  claims: ClaimRules;
}

/** The batches of a memory store. Nothing is awaited inside, so these never interleave. */
export function createMemoryBatches({ now, append, consume, claims }: BatchAccess): {
  batches: Batches;
  purge(time: number): void;
} {
  const rows = new Map<string, StoredBatch & { claim: BatchClaim }>();
  const find = (id: string) => {
    const row = rows.get(storable(id));
    return row && row.expiresAt > now() ? row : undefined;
  };
  const put = (batch: StoredBatch, claim: BatchClaim): unknown =>
    rows.set(storable(batch.id), { ...structuredClone(batch), claim });

  return {
    batches: {
      async put(batch) {
        put(batch, UNCLAIMED);
      },
      async open({ batch, entry, ...yes }) {
        if (!consume(yes, batch.id)) return 'consumed';
        put(batch, claims.claimed());
        append('batch', entry);
        return 'opened';
      },
      async claim(id) {
        const row = find(id);
        if (!row || !claims.isFree(row.claim)) return false;
        row.claim = claims.claimed();
        return true;
      },
      async get(id) {
        const row = find(id);
        return row && { expiresAt: row.expiresAt, header: Uint8Array.from(row.header), parts: row.parts.length };
      },
      async part(id, index) {
        const part = find(id)?.parts[index];
        return part && Uint8Array.from(part);
      },
      async finish(id, entry, stored) {
        const row = find(id);
        if (!row) return false;
        if (stored === 'drop') rows.delete(storable(id));
        else row.claim = UNCLAIMED;
        append('batch', entry);
        return true;
      },
      async interrupted() {
        return [...rows.values()].flatMap(({ id, claim }) => (find(id) && claims.isLost(claim) ? [id] : []));
      },
      async endInterrupted(id, entry) {
        const row = find(id);
        if (!row || !claims.isLost(row.claim)) return false;
        row.claim = UNCLAIMED;
        append('batch', entry);
        return true;
      },
      async logUnopened(entry) {
        append('batch', entry);
      },
    },
    purge(time) {
      for (const [id, { expiresAt }] of rows) if (expiresAt <= time) rows.delete(id);
    },
  };
}
