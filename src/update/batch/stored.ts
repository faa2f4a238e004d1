import { AppError } from '../../errors.ts';
import { isObject, type JsonObject } from '../../lib/json/json-value.ts';
import type { StoredBatch } from '../../store/batches.ts';
import type { Evidence } from '../context.ts';
import type { Ports } from '../ports.ts';
import type { Caller, Verdict } from '../types.ts';
import type { BatchCall, Consent } from './types.ts';

/** What is kept of a batch until it is done, sealed: the target values, and what was agreed to. A stored format. */

/** For how long the target values are kept, and for how long a yes serves what is left, in ms. */
const KEPT_MS = 7 * 86_400_000;
const CONSENT_MS = 86_400_000;
const PART = 100;

/** The batch as a whole. */
export interface BatchHeader {
  tool: string;
  caller: Caller;
  reason?: string;
  allOrNothing: boolean;
  undoes?: string;
  /** How many changes it has. */
  count: number;
  /** Absent while it waits for an approval. */
  consent?: { level: Verdict['decision']; overwrite: boolean; evidence: Evidence; until: number };
}

/** One change of it. */
export interface StoredChange {
  provider: string;
  connection: string;
  userId: string;
  /** Absent for one that undoes a recorded change. */
  set?: JsonObject;
  clear?: string[];
  undoes?: string;
  line?: number;
  /** What was agreed to; absent if it was not part of it. */
  digest?: string;
}

/** The batch as the store keeps it. */
export function toStoredBatch(batch: BatchCall, consent: Consent | undefined, ports: Ports): StoredBatch {
  const { id, tool, caller, reason, allOrNothing, undoes, changes } = batch;
  const now = ports.clock.now();
  const header: BatchHeader = {
    tool,
    caller,
    allOrNothing,
    count: changes.length,
    ...(reason !== undefined && { reason }),
    ...(undoes !== undefined && { undoes }),
    ...(consent && {
      consent: {
        level: consent.level,
        overwrite: consent.overwrite,
        evidence: consent.evidence,
        until: now + CONSENT_MS,
      },
    }),
  };
  const stored = changes.map((change, index) => toStoredChange(change, consent?.digests[index] ?? undefined));
  const parts = Array.from({ length: Math.ceil(stored.length / PART) }, (_, at) =>
    ports.seal.seal(partId(id, at), stored.slice(at * PART, (at + 1) * PART)),
  );
  return { id, expiresAt: now + KEPT_MS, header: ports.seal.seal(headerId(id), header), parts };
}

/** Keeps a batch that waits for an approval, so that it can be resumed. */
export async function storeWaiting(batch: BatchCall, ports: Ports): Promise<void> {
  await ports.store.batches.put(toStoredBatch(batch, undefined, ports));
}

/** Undefined if there is none, or no longer. Throws an AppError if it was sealed with another key. */
export async function readHeader(id: string, ports: Ports): Promise<(BatchHeader & { parts: number }) | undefined> {
  const stored = await ports.store.batches.get(id);
  if (!stored) return undefined;
  const header = unseal(headerId(id), stored.header, ports);
  return isObject(header) ? { ...(header as unknown as BatchHeader), parts: stored.parts } : undefined; // sealed by us
}

export async function readChanges(id: string, parts: number, ports: Ports): Promise<StoredChange[]> {
  const changes: StoredChange[] = [];
  for (let at = 0; at < parts; at++) {
    const sealed = await ports.store.batches.part(id, at);
    const part = sealed && unseal(partId(id, at), sealed, ports);
    if (Array.isArray(part)) changes.push(...(part as StoredChange[])); // sealed by us
  }
  return changes;
}

function unseal(id: string, sealed: Uint8Array, { seal, log }: Ports): unknown {
  try {
    return seal.unseal(id, sealed);
  } catch (cause) {
    log.error({ sealed: id, problem: String(cause) }, 'a stored batch cannot be opened');
    const message = 'This batch was sealed with another key (UPDATE_USER_KEY), so it cannot be resumed.';
    const next = 'The operator has to list the earlier key under oldKeys.';
    throw new AppError('internal', message, { cause, facts: { next } });
  }
}

function toStoredChange({ connection, request, line }: BatchCall['changes'][number], digest: string | undefined) {
  const { undo } = request;
  const change: StoredChange = {
    provider: connection.provider.id,
    connection: connection.name,
    userId: request.userId,
    ...(undo ? { undoes: undo.changeId } : { set: Object.fromEntries(request.set), clear: [...request.clear] }),
    ...(line !== undefined && { line }),
    ...(digest !== undefined && { digest }),
  };
  return change;
}

function headerId(id: string): string {
  return `batch/${id}`;
}

function partId(id: string, at: number): string {
  return `batch/${id}/${at}`;
}
