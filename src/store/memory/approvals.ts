import { TooManyPending } from '../../approvals/eligibility.ts';
import { ANY_RIGHT } from '../../approvals/rights.ts';
import { type AppendEntry, decisionEntries, eventEntry, requestedEntry } from '../approval/entries.ts';
import {
  applyDecision,
  applyRecount,
  applyRemoval,
  applyReplacement,
  applyTakingBack,
  isPending,
  isRevocable,
  isUsable,
  keptMs,
  toNewApprover,
  toNewRow,
  toReplacement,
  toShown,
  withoutSecret,
} from '../approval/rules.ts';
import type { ApprovalRow, Approvals, ApproverRow } from '../approvals.ts';
import type { EntryBody } from '../log/entry.ts';
import { storable } from '../storable.ts';
import type { MemoryNonces } from './nonces.ts';

/** The approvals of a memory store, and what opening an intent needs of them. */
export interface MemoryApprovals {
  approvals: Approvals;
  isUsable(id: string): boolean;
  /** Consumes an approval for a change; its secret is dropped. */
  use(id: string, changeId: string): void;
  purge(now: number): void;
}

/** The audit log, as far as approvals need it. */
export interface MemoryLog {
  append: AppendEntry<void>;
  /** The body of the entry of a request. */
  requested(id: string): EntryBody | undefined;
}

/** Keeps the newest 10,000 requests; one that is dropped early counts as never made. */
export function createMemoryApprovals(now: () => number, log: MemoryLog, nonces: MemoryNonces): MemoryApprovals {
  /** Oldest first: a Map keeps the order in which its keys came. */
  const rows = new Map<string, ApprovalRow>();
  /** Requests whose expiry is in the audit log. */
  const logged = new Set<string>();
  const approvers = new Map<string, ApproverRow>();

  const find = (id: string): ApprovalRow | undefined => rows.get(storable(id));
  const newest = (fits: (row: ApprovalRow) => boolean): ApprovalRow | undefined =>
    toCopy([...rows.values()].findLast(fits));
  const toCopy = (row: ApprovalRow | undefined): ApprovalRow | undefined => row && structuredClone(toShown(row, now()));

  function add(row: ApprovalRow): ApprovalRow {
    if (rows.has(row.id)) throw new Error(`The approval ${row.id} was requested before.`);
    rows.set(row.id, row);
    for (const id of rows.keys()) {
      if (rows.size <= maxRows) break;
      rows.delete(id);
      logged.delete(id);
    }
    return row;
  }

  function end(id: string, ended: Pick<ApprovalRow, 'state' | 'changeId'>): void {
    const row = find(id);
    if (row) rows.set(row.id, withoutSecret({ ...row, ...ended }));
  }

  function logEvent(event: 'taken_back' | 'expired', row: ApprovalRow | undefined, approver?: string): void {
    if (row) log.append('approval', eventEntry(row, event, log.requested(row.id), approver));
  }

  function logExpiry(row: ApprovalRow): void {
    if (row.expiresAt > now() || logged.has(row.id)) return;
    logged.add(row.id);
    logEvent('expired', row);
  }

  function replace(row: ApprovalRow | undefined): ApprovalRow | undefined {
    if (row) rows.set(row.id, row);
    return toCopy(row);
  }

  // Nothing is awaited inside, so these never interleave.
  const approvals: Approvals = {
    async request(approval, entry, mostPending = Number.POSITIVE_INFINITY) {
      const added = toNewRow(approval, now());
      const same = newest((row) => row.digest === added.digest && isPending(row, now()));
      if (same) return same;
      const waiting = [...rows.values()].filter((row) => row.caller === added.caller && isPending(row, now()));
      if (waiting.length >= mostPending) throw new TooManyPending();
      add(added);
      log.append('approval', requestedEntry(added, entry));
      return structuredClone(added);
    },
    get: async (id) => toCopy(find(id)),
    findByDigest: async (digest) => newest((row) => row.digest === storable(digest)),
    findByRequest: async (requestKey) => newest((row) => row.requestKey === storable(requestKey)),
    findDeclined: async (changeKey) =>
      newest((row) => row.changeKey === storable(changeKey) && row.state === 'declined' && row.expiresAt > now()),
    async listUnexpired({ state, limit, after = { expiresAt: 0, id: '' } }) {
      const isAfter = ({ expiresAt, id }: ApprovalRow): boolean =>
        expiresAt > after.expiresAt || (expiresAt === after.expiresAt && id > after.id);
      const found = [...rows.values()].filter((row) => row.state === state && row.expiresAt > now() && isAfter(row));
      const sorted = found.sort((a, b) => a.expiresAt - b.expiresAt || (a.id < b.id ? -1 : 1));
      return sorted.slice(0, limit).map((row) => structuredClone(row));
    },
    async list({ state, limit }) {
      const isListed = (row: ApprovalRow): boolean =>
        state === 'pending' ? isPending(row, now()) : state === undefined || row.state === state;
      const found = [...rows.values()].reverse().filter(isListed).slice(0, limit);
      return found.map((row) => structuredClone(toShown(row, now())));
    },
    countPending: async () => [...rows.values()].filter((row) => isPending(row, now())).length,
    async decide(id, decision, secret, rule) {
      const result = applyDecision(find(id), decision, secret, now(), rule);
      if (result.kind !== 'decided') return result;
      rows.set(result.row.id, result.row);
      for (const { kind, entry } of decisionEntries(result.row, decision, log.requested(result.row.id)))
        log.append(kind, entry);
      return structuredClone(result);
    },
    async recount(id, rule) {
      const row = find(id);
      return replace(applyRecount(row, rule, now()) ?? row);
    },
    async takeBack(id, approver) {
      const row = applyTakingBack(find(id), approver, now());
      logEvent('taken_back', row, approver);
      return replace(row);
    },
    async withdraw(id) {
      const row = find(id);
      if (!isRevocable(row)) return false;
      logExpiry(row);
      end(id, { state: 'withdrawn' });
      return true;
    },

    async logExpired() {
      const expired = [...rows.values()].filter(
        (row) => isRevocable(row) && row.expiresAt <= now() && !logged.has(row.id),
      );
      expired.forEach(logExpiry);
      // All at once, since nothing here waits for a lock.
      return 0;
    },

    async consume(nonce) {
      nonces.purge(now());
      if (nonces.isConsumed(nonce.id)) return false;
      nonces.consume(nonce);
      return true;
    },
    isConsumed: async (id) => nonces.isConsumed(id),

    approvers: async () =>
      [...approvers.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map((approver) => structuredClone(approver)),
    async addApprover(name, verifier, principals = [], may = ANY_RIGHT) {
      const added = { name, verifier, principals: [...principals], may: [...may] };
      const checked = toNewApprover([...approvers.values()], added, new Date(now()).toISOString());
      if ('taken' in checked) return false;
      approvers.set(checked.row.name, checked.row);
      return true;
    },
    async replaceApprover(isReplaced, makeNext) {
      const replacement = toReplacement([...approvers.values()], isReplaced, makeNext, now());
      if (replacement.kind !== 'replaced') return structuredClone(replacement);
      for (const row of rows.values()) replace(applyReplacement(row, replacement));
      for (const { name } of replacement.removed) approvers.delete(name);
      approvers.set(replacement.row.name, replacement.row);
      return { kind: 'replaced' };
    },
    async removeApprover(name) {
      for (const row of rows.values()) replace(applyRemoval(row, name));
      return approvers.delete(storable(name));
    },
  };

  return {
    approvals,
    isUsable: (id) => isUsable(find(id), now()),
    use: (id, changeId) => end(id, { state: 'used', changeId: storable(changeId) }),
    purge(time) {
      for (const [id, row] of rows) {
        if (row.expiresAt <= time - keptMs) {
          rows.delete(id);
          logged.delete(id);
        } else if (row.expiresAt <= time) rows.set(id, withoutSecret(row));
      }
    },
  };
}

const maxRows = 10_000;
