import {
  applyDecision,
  applyFailure,
  isPending,
  isRevocable,
  isUsable,
  keptMs,
  toNewApprover,
  toNewRow,
  toShown,
  withoutSecret,
} from './approval-rules.ts';
import type { ApprovalRow, Approvals, ApproverRow } from './approvals.ts';
import { spentKeptMs, storable } from './entry.ts';

/** The approvals of a memory store, and what its other half needs of them. */
export interface MemoryApprovals {
  approvals: Approvals;
  isUsable(id: string): boolean;
  /** Uses an approval up; its secret is dropped. */
  use(id: string): void;
  sweep(now: number): void;
}

/** Keeps the newest 10,000 requests; one that is dropped before its time counts as never made. */
export function createMemoryApprovals(now: () => number): MemoryApprovals {
  /** Oldest first: a Map keeps the order in which its keys came. */
  const rows = new Map<string, ApprovalRow>();
  const approvers = new Map<string, ApproverRow>();
  const spent = new Map<string, number>();

  const find = (id: string): ApprovalRow | undefined => rows.get(storable(id));
  const newest = (fits: (row: ApprovalRow) => boolean): ApprovalRow | undefined =>
    toCopy([...rows.values()].findLast(fits));
  const toCopy = (row: ApprovalRow | undefined): ApprovalRow | undefined => row && structuredClone(toShown(row, now()));

  function add(row: ApprovalRow): ApprovalRow {
    if (rows.has(row.id)) throw new Error(`The approval ${row.id} was asked for before.`);
    rows.set(row.id, row);
    for (const id of rows.keys()) {
      if (rows.size <= maxRows) break;
      rows.delete(id);
    }
    return row;
  }

  function end(id: string, state: 'used' | 'withdrawn'): void {
    const row = find(id);
    if (row) rows.set(row.id, withoutSecret({ ...row, state }));
  }

  function dropSpent(time: number): void {
    for (const [id, expiresAt] of spent) if (expiresAt <= time - spentKeptMs) spent.delete(id);
  }

  // Nothing is awaited inside, so no two of these ever interleave.
  const approvals: Approvals = {
    async request(approval) {
      const wanted = toNewRow(approval, now());
      const same = newest((row) => row.digest === wanted.digest && isPending(row, now()));
      return same ?? structuredClone(add(wanted));
    },
    get: async (id) => toCopy(find(id)),
    byDigest: async (digest) => newest((row) => row.digest === storable(digest)),
    byRequest: async (requestKey) => newest((row) => row.requestKey === storable(requestKey)),
    async list({ state, limit }) {
      const isListed = (row: ApprovalRow): boolean =>
        state === 'pending' ? isPending(row, now()) : state === undefined || row.state === state;
      const found = [...rows.values()].reverse().filter(isListed).slice(0, limit);
      return found.map((row) => structuredClone(toShown(row, now())));
    },
    countPending: async () => [...rows.values()].filter((row) => isPending(row, now())).length,
    async decide(id, decision, secret) {
      const result = applyDecision(find(id), decision, secret, now());
      if (result.kind === 'decided') rows.set(result.row.id, result.row);
      return structuredClone(result);
    },
    async withdraw(id) {
      const row = find(id);
      if (!isRevocable(row)) return false;
      end(id, 'withdrawn');
      return true;
    },

    async spend({ id, expiresAt }) {
      dropSpent(now());
      if (spent.has(storable(id))) return false;
      spent.set(storable(id), expiresAt);
      return true;
    },
    isSpent: async (id) => spent.has(storable(id)),

    approvers: async () =>
      [...approvers.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map((approver) => ({ ...approver })),
    async addApprover(name, verifier) {
      const approver = toNewApprover(name, verifier, now());
      if (approvers.has(approver.name)) return false;
      approvers.set(approver.name, approver);
      return true;
    },
    removeApprover: async (name) => approvers.delete(storable(name)),
    async noteFailure(name, limit, lockMs) {
      const approver = approvers.get(storable(name));
      if (approver) approvers.set(approver.name, applyFailure(approver, limit, lockMs, now()));
    },
    async noteSuccess(name) {
      const approver = approvers.get(storable(name));
      if (approver) approvers.set(approver.name, { ...approver, failures: 0, lockedUntil: 0 });
    },
  };

  return {
    approvals,
    isUsable: (id) => isUsable(find(id), now()),
    use: (id) => end(id, 'used'),
    sweep(time) {
      dropSpent(time);
      for (const [id, row] of rows) {
        if (row.expiresAt <= time - keptMs) rows.delete(id);
        else if (row.expiresAt <= time) rows.set(id, withoutSecret(row));
      }
    },
  };
}

const maxRows = 10_000;
