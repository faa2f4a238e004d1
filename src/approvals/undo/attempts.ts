import type { ApprovalRow } from '../../store/approvals.ts';
import type { ListedChange } from '../../store/log/entry.ts';
import type { Store } from '../../store/store.ts';

/** The newest entries of the user that are looked at. */
const MAX_ENTRIES = 50;

/** The attempts to carry out an approval that failed before anything was written, newest first. */
export async function attemptsOf(row: ApprovalRow, store: Pick<Store, 'list'>): Promise<ListedChange[]> {
  const { provider, connection, userId, createdAt: since } = row;
  const changes = await store.list({ provider, connection, userId, since, limit: MAX_ENTRIES });
  return changes.filter(({ kind, outcome, changeId, body }) => {
    // A decline is an entry under the id of the approval itself.
    const isOfServer = outcome !== 'needs_approval' && changeId !== row.id;
    return kind === 'attempt' && isOfServer && body.approvalId === row.id;
  });
}
