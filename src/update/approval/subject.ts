import { entryBody, userRefOf } from '../audit/entry.ts';
import { changeKeyOf, digestOf, requestKeyOf } from '../confirm/digest.ts';
import type { UpdateContext } from '../context.ts';
import type { Proposal } from '../types.ts';
import type { ApprovalSubject } from './lookup.ts';
import { changedSinceNote } from './notes.ts';
import { approvalSnapshotOf } from './snapshot.ts';

/** One change, as approvers are asked about it. */
export function approvalSubjectOf(context: UpdateContext, proposal: Proposal): ApprovalSubject {
  const { call } = context;
  const { plan } = proposal;
  const keys = {
    digest: digestOf(context, plan),
    changeKey: changeKeyOf(context, plan),
    requestKey: requestKeyOf(context),
  };
  return {
    caller: call.caller,
    user: userRefOf(call),
    keys,
    rights: [{ provider: call.connection.provider.id, effects: plan.leaves.map(({ effect }) => effect) }],
    entry: entryBody(context, proposal),
    isInFlight: () => isInFlight(context, proposal),
    changedSince: (earlier) => changedSinceNote(context, earlier, proposal),
    snapshot: (note) => approvalSnapshotOf(context, proposal, note),
  };
}

/** Whether a change of this user is in flight, or ended since the user record was read. In-doubt entries do not count. */
async function isInFlight({ call, ports: { store } }: UpdateContext, { snapshot }: Proposal): Promise<boolean> {
  const user = userRefOf(call);
  if ((await store.lastSeq(user)) !== snapshot.lastSeq) return true;
  const open = (await store.list({ ...user, limit: 3 })).find((change) => change.open);
  return open !== undefined && !(await store.inDoubt()).some(({ changeId }) => changeId === open.changeId);
}
