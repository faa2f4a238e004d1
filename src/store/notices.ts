import { isAlive, type ProcessId } from './process-id.ts';

/** How far the notices to one target have come in the audit log. Shared by all processes: one delivers at a time. */
export interface NoticeCursor {
  /** The last entry that was dealt with. */
  seq: number;
  /** Failed attempts at the entry that comes next. */
  attempts: number;
  /** Since when every attempt has failed, in ms since the epoch; undefined after a success. */
  failingSince: number | undefined;
  /** No attempt before this time, in ms since the epoch. */
  nextAt: number;
}

export interface FoundCursor extends NoticeCursor {
  /** Until when another process that is alive delivers, in ms since the epoch; undefined if none does. */
  heldUntil: number | undefined;
}

/** The cursors of a store. `target` is a hash: the address of a target is a secret. Times are ms since the epoch. */
export interface NoticeCursors {
  find(target: string): Promise<FoundCursor | undefined>;
  /** A target that is new starts after entry `seq`. No effect on a known one. */
  register(target: string, seq: number): Promise<void>;
  /** Takes the lease. Undefined if another process has it, or for an unknown target. */
  claim(target: string, until: number): Promise<NoticeCursor | undefined>;
  /** Moves the cursor and extends the lease, or ends it with `until` 0. False if the lease was lost: nothing changes. */
  save(target: string, until: number, cursor: NoticeCursor): Promise<boolean>;
}

/** A cursor as stored. */
export interface NoticeRow extends NoticeCursor {
  /** The process that delivers, or delivered last; empty before the first. */
  holder: ProcessId;
  heldUntil: number;
}

/** Longer than any lease: one that seems to end later comes from a clock that was set back since. */
const LONGEST_LEASE_MS = 10 * 60_000;

/** The rules of leases, for every store. Each function that changes a row returns undefined where it must not change. */
export function createNoticeRules(processId: ProcessId, now: () => number) {
  function isHeld({ holder, heldUntil }: NoticeRow): boolean {
    const time = now();
    if (holder === processId || heldUntil <= time || heldUntil - time > LONGEST_LEASE_MS) return false;
    return isAlive(holder, new Date(time).toISOString(), { now: time });
  }
  return {
    found(row: NoticeRow): FoundCursor {
      return { ...toCursor(row), heldUntil: isHeld(row) ? row.heldUntil : undefined };
    },
    claimed(row: NoticeRow | undefined, until: number): NoticeRow | undefined {
      return row && !isHeld(row) ? { ...row, holder: processId, heldUntil: until } : undefined;
    },
    saved(row: NoticeRow | undefined, until: number, cursor: NoticeCursor): NoticeRow | undefined {
      return row?.holder === processId ? { ...toCursor(cursor), holder: processId, heldUntil: until } : undefined;
    },
  };
}

export function newNoticeRow(seq: number): NoticeRow {
  return { seq, attempts: 0, failingSince: undefined, nextAt: 0, holder: '', heldUntil: 0 };
}

export function toCursor({ seq, attempts, failingSince, nextAt }: NoticeCursor): NoticeCursor {
  return { seq, attempts, failingSince, nextAt };
}
