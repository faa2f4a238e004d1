import type { ApprovalCursor, ApprovalRow, Approvals } from '../store/approvals.ts';
import { maySee } from './rights.ts';

const BATCH = 200;

/** Unexpired rows that an approver with these rights may see, soonest to expire first; all of them without rights given. */
export async function* visibleRows(
  approvals: Approvals,
  state: 'pending' | 'approved',
  may: readonly string[] | undefined,
  after?: ApprovalCursor,
): AsyncGenerator<ApprovalRow> {
  let from = after;
  for (;;) {
    const rows = await approvals.listUnexpired({ state, limit: BATCH, ...(from && { after: from }) });
    for (const row of rows) if (may === undefined || maySee(may, row.provider)) yield row;
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    from = { expiresAt: last.expiresAt, id: last.id };
  }
}

/** How many requests an approver with these rights sees as pending. */
export async function countVisible(approvals: Approvals, may: readonly string[]): Promise<number> {
  if (maySee(may, '*')) return await approvals.countPending();
  let count = 0;
  for await (const row of visibleRows(approvals, 'pending', may)) if (row.state === 'pending') count += 1;
  return count;
}
