import type { App } from '../../../app.ts';
import { maySee } from '../../../approvals/rights.ts';
import { type UndoOffer, undoOffer } from '../../../approvals/undo/offer.ts';
import { countOthers } from '../../../approvals/undo/others.ts';
import { searchChanges } from '../../../audit/search.ts';
import type { ApprovalRow } from '../../../store/approvals.ts';
import type { Entry, ListedChange } from '../../../store/log/entry.ts';
import type { Trail } from '../../../store/store.ts';

/** Everything the page of one change shows. */
export interface ChangeFacts {
  change: ListedChange;
  trail: Trail;
  /** The request for approval, while it is kept, and what the audit log says about it. */
  approval: { id: string; row?: ApprovalRow; entries: readonly Entry[] } | undefined;
  /** Undos of this change, newest first. */
  undos: readonly ListedChange[];
  offer: UndoOffer;
  /** The line for a shell that checks the audit log. */
  verifyCommand: string;
}

/** The newest entries of the same user, among which undos of the change are looked for. */
const MAX_LATER = 100;

/**
 * Reads one change with a fixed number of queries. Undefined if there is none of that id, or if it is at a provider that
 * the approver has no right at.
 */
export async function readChange(app: App, id: string, approver: string): Promise<ChangeFacts | undefined> {
  const store = await app.store();
  const { changes } = await searchChanges(store, { changeId: id, withoutLookups: true }, { limit: 1 });
  const [change] = changes;
  const ports = await app.ports();
  const approvers = await ports.approval.approvers();
  const may = approvers.find(({ name }) => name === approver)?.may ?? [];
  if (!change || !maySee(may, change.provider)) return undefined;
  const { provider, connection, userId, body } = change;
  const approvalId = body.approvalId ?? id;
  const [trail, row, asked, later] = await Promise.all([
    store.trail(id),
    store.approvals.get(approvalId),
    store.trail(approvalId),
    store.list({ provider, connection, userId, limit: MAX_LATER }),
  ]);
  const entries = asked.entries.filter(({ kind }) => kind === 'approval');
  const offer = undoOffer({
    change,
    isKept: trail.beforeImageUntil !== undefined,
    others:
      app.settings.approvals.oidc === undefined
        ? countOthers(approvers, approver, { provider, effects: body.fields.map(({ effect }) => effect) })
        : Number.POSITIVE_INFINITY,
    needed: app.settings.confirmation.approversNeeded,
    connections: app.settings.connections,
    commandLine: ports.commandLine,
  });
  return {
    change,
    trail,
    approval: row || entries.length > 0 ? { id: approvalId, ...(row && { row }), entries } : undefined,
    undos: later.filter((one) => one.body.undoes === id),
    offer,
    verifyCommand: ports.commandLine('changes', 'verify'),
  };
}
