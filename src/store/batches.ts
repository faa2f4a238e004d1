import type { NewEntry } from './log/entry.ts';
import type { Nonce } from './nonce.ts';
import { createLivenessCheck, type ProcessId } from './process-id.ts';

/** A batch that waits for an approval or is under way: what is to be changed, sealed. */
export interface StoredBatch {
  id: string;
  /** Ms since the epoch; after that it is dropped, and its target values with it. */
  expiresAt: number;
  /** Sealed: who asks, what was agreed to, until when. */
  header: Uint8Array;
  /** Sealed parts of the list of changes (about a hundred changes each), in order. */
  parts: readonly Uint8Array[];
}

/** A batch without its parts, which are read one by one. */
export interface FoundBatch extends Pick<StoredBatch, 'expiresAt' | 'header'> {
  /** How many there are. */
  parts: number;
}

/** Opens a batch, and consumes the yes to it. */
export interface OpenBatch {
  batch: StoredBatch;
  entry: NewEntry;
  /** The confirmation token. */
  nonce?: Nonce;
  /** The approval: `approved` and not expired, else the result is `consumed`. Its secret is dropped. */
  approval?: string;
}

/** Batches of changes, as far as they have to survive a process. Part of every store; one contract test for all. */
export interface Batches {
  /** Stores a batch that no process carries out, or replaces it as a whole. */
  put(batch: StoredBatch): Promise<void>;
  /**
   * Stores a batch or replaces it, claims it, consumes the yes and logs the entry, in one transaction, durable before it returns.
   * `consumed`: the nonce was consumed before, or the approval is no longer usable. Then nothing is stored or logged, and
   * what was stored before stays.
   */
  open(request: OpenBatch): Promise<'opened' | 'consumed'>;
  /**
   * Claims a batch for this process, or extends its claim: false if another process that is alive has claimed it, or if
   * there is none. A claim ends with `finish`, with the process, or, on another host, if it is not extended in time.
   */
  claim(id: string): Promise<boolean>;
  /** Undefined if there is none, or it has expired. */
  get(id: string): Promise<FoundBatch | undefined>;
  /** One of the parts, from 0 on. Undefined if there is none, or the batch has expired. */
  part(id: string, index: number): Promise<Uint8Array | undefined>;
  /**
   * Logs how the batch ended, and drops what was stored or keeps it unclaimed until it expires, to be resumed. False, and nothing
   * logged, if it is not stored (any more), or has expired.
   */
  finish(id: string, entry: NewEntry, stored: 'drop' | 'keep'): Promise<boolean>;
  /** The ids of batches that are claimed by a process that has ended. */
  interrupted(): Promise<string[]>;
  /**
   * Logs how far such a batch has come, and keeps it unclaimed until it expires, to be resumed. False, and nothing logged,
   * if it is none (any more).
   */
  endInterrupted(id: string, entry: NewEntry): Promise<boolean>;
  /** Logs the end of a batch that was not opened: nobody agreed to it, or nothing was left to agree to. */
  logUnopened(entry: NewEntry): Promise<void>;
}

/** Which process carries a batch out, in ms since the epoch; `holder` is empty if none does. */
export interface BatchClaim {
  holder: ProcessId;
  heldAt: number;
}

/** No process carries the batch out. */
export const UNCLAIMED: BatchClaim = { holder: '', heldAt: 0 };

/** The rules of claims, for every store. */
export function createClaimRules(processId: ProcessId, options: { leaseMs?: number; now?: () => number }) {
  const isAlive = createLivenessCheck(options);
  const { now = Date.now } = options;
  const isOther = ({ holder }: BatchClaim): boolean => holder !== '' && holder !== processId;
  const isHeld = ({ holder, heldAt }: BatchClaim): boolean =>
    isAlive({ owner: holder, at: new Date(heldAt).toISOString() });
  return {
    claimed: (): BatchClaim => ({ holder: processId, heldAt: now() }),
    isFree: (claim: BatchClaim): boolean => !isOther(claim) || !isHeld(claim),
    /** Claimed by a process that has ended. */
    isLost: (claim: BatchClaim): boolean => isOther(claim) && !isHeld(claim),
  };
}

export type ClaimRules = ReturnType<typeof createClaimRules>;
