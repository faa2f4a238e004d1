import type { BatchSnapshot, PersonChange } from '../../../src/approvals/snapshot.ts';
import type { Redacted } from '../../../src/lib/json/redacted.ts';
import { idOf, type PersonKey } from '../../../src/sandbox/people.ts';
import type { ApprovalRow } from '../../../src/store/approvals.ts';
import type { BatchCall } from '../../../src/update/batch/types.ts';
import { batchCall, type GivenChange, runToEnd } from '../pipeline/batch.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';

/** Batches that wait for approvers: asked for at a sandbox, or made up for the pages. */

export function change(at: 'atlassian' | 'awork', person: PersonKey, set: Record<string, unknown>): GivenChange {
  return { at, args: { user_id: idOf(at, person), set } };
}

/** Asks for a batch where no client can be asked; policy wants approval. */
export async function askForBatch(
  pipeline: Pipeline,
  given: readonly GivenChange[],
  more: Partial<BatchCall> = {},
): Promise<{ id: string; batch: string; message: string }> {
  const {
    approval,
    message,
    batch_id: batch,
  } = await runToEnd(pipeline, batchCall(pipeline, given, { canAsk: false, ...more }));
  if (!approval) throw new Error(message);
  return { id: approval.id, batch, message };
}

/** Someone whose title changes. */
export function personChange(more: Partial<PersonChange> = {}): PersonChange {
  return {
    provider: 'atlassian',
    providerTitle: 'Atlassian',
    connection: 'atlassian',
    userId: 'u1',
    label: 'Jane Doe',
    changes: [ordinary('title', 'Engineer', 'Lead')],
    warnings: [],
    emails: ['jane.doe@acme.example'],
    stripped: [],
    contested: [],
    ...more,
  };
}

export function ordinary(field: string, before: unknown, after: unknown): PersonChange['changes'][number] {
  // Only `viewValue` makes redacted values; here they are made up.
  return {
    field,
    effect: 'ordinary',
    before: before as Redacted<'person'>,
    after: after as Redacted<'person'>,
    cleared: false,
  };
}

export function batchApproval(changes: PersonChange[], more: Partial<BatchSnapshot> = {}) {
  const snapshot: BatchSnapshot = {
    batch: 'batch-1',
    tool: 'update_users',
    caller: 'nightly-sync',
    verdict: 'approve',
    rule: 'rules[0]',
    allOrNothing: false,
    digests: changes.map((_, at) => `digest ${at}`),
    changes,
    ...more,
  };
  const row: ApprovalRow = {
    id: '11111111-1111-4111-8111-111111111111',
    provider: [...new Set(changes.map(({ provider }) => provider))].sort().join(','),
    connection: [...new Set(changes.map(({ connection }) => connection))].sort().join(','),
    userId: '',
    digest: 'digest',
    requestKey: 'request',
    state: 'pending',
    caller: snapshot.caller,
    createdAt: new Date().toISOString(),
    expiresAt: Date.now() + 86_400_000,
    needed: 1,
    decisions: [],
    view: new Uint8Array(),
  };
  return { row, snapshot };
}
