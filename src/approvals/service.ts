import type { App } from '../app.ts';
import type { FieldError } from '../providers/provider.ts';
import type { ApprovalCursor, ApprovalRow, ApproverRow, DecisionRule } from '../store/approvals.ts';
import type { ListedChange } from '../store/log/entry.ts';
import type { Seal } from '../store/seal.ts';
import type { Store } from '../store/store.ts';
import type { Connection } from '../update/types.ts';
import { createDecisionRule, namesOf, registrationOf } from './eligibility.ts';
import { mayBeSamePerson, namesOfCaller } from './identity.ts';
import { createSignIn } from './sign-in.ts';
import { type ApprovalSnapshot, readSnapshot } from './snapshot.ts';
import { faultsOf } from './validate.ts';

/** Characters of an approver's reason. */
export const MAX_REASON = 300;

/** Requests on one page of the list. */
const PAGE = 100;

/** An approval as an approver sees it. */
export interface Waiting {
  row: ApprovalRow;
  view: ApprovalSnapshot;
}

/** The status of a request, and what one approver may still do about it. */
export interface Standing {
  /** `own`: only decline, since the caller may be this approver. `repeated`: this approver's yes counts already. */
  kind: 'open' | 'gone' | 'repeated' | 'own';
  /** Those whose yes counts, and how many it takes. */
  agreed: readonly string[];
  needed: number;
  /** The name under which this approver has decided, where it is another one. */
  as?: string;
  /** Whether there is an unused yes to take back. */
  mayTakeBack: boolean;
  /** What it was used for, as the change log has it. */
  change?: ListedChange;
}

/** What an approver decided, as it comes from a form or a terminal. */
export interface Decision {
  yes: boolean;
  reason?: string;
  typed?: string;
  overwrite?: boolean;
  secrets?: Readonly<Record<string, string>>;
}

export type Decided =
  | { kind: 'decided'; row: ApprovalRow }
  /** Not pending any more, expired, or unknown. */
  | { kind: 'gone' }
  /** This approver has decided on it before. */
  | { kind: 'repeated' }
  /** Whoever asks for a change may not approve it. */
  | { kind: 'own' }
  /** The approver was removed in the meantime. */
  | { kind: 'removed' }
  /** Nothing was recorded; each fault names what has to be put right. */
  | { kind: 'faults'; faults: FieldError[] };

/** A page of a list, soonest to expire first. */
export interface WaitingPage {
  waiting: Waiting[];
  /** How many were sealed with a key that is not known here. */
  unreadable: number;
  /** Where the next page begins; undefined on the last one. */
  next?: ApprovalCursor;
}

interface DeskOptions {
  connections: readonly Connection[];
  store: Store;
  seal: Pick<Seal, 'seal' | 'unseal' | 'knows'>;
  callerMayApprove: boolean;
  /** How many have to agree now; a request that was made when it took more needs more. */
  needed: number;
}

/** Where approvers decide. Page and terminal both sit at it; it records decisions and never writes to a vendor. */
function openDesk({ connections, store, seal, callerMayApprove, needed }: DeskOptions) {
  const { approvals } = store;

  /** `sealed`: with a key that is not at hand. */
  async function open(id: string): Promise<Waiting | 'sealed' | undefined> {
    const row = await approvals.get(id);
    if (row && !seal.knows(row.view)) return 'sealed';
    return row && unsealed(row);
  }

  function unsealed(row: ApprovalRow): Waiting {
    return { row, view: readSnapshot(seal.unseal(row.id, row.view)) };
  }

  const callerOf = ({ row, view }: Waiting) => namesOfCaller(row.caller, view.identities);

  async function find(name: string): Promise<ApproverRow | undefined> {
    return (await approvals.approvers()).find((one) => one.name === name);
  }

  async function electorateFor(waiting: Waiting): Promise<DecisionRule> {
    const approvers = await approvals.approvers();
    const caller = callerOf(waiting);
    return createDecisionRule({ approvers, needed: Math.max(needed, waiting.row.needed), caller, callerMayApprove });
  }

  /** What this approver may still do, and if nothing, why. */
  async function standing(waiting: Waiting, approver: string): Promise<Standing> {
    const { row } = waiting;
    const rule = await electorateFor(waiting);
    const counted = rule.counted(row.decisions);
    const agreed = counted.map((one) => one.approver);
    const facts = { agreed, needed: rule.needed, mayTakeBack: false };
    if (row.state === 'used') {
      const [change] = row.changeId === undefined ? [] : await store.list({ changeId: row.changeId, limit: 1 });
      return { ...facts, kind: 'gone', ...(change && { change }) };
    }
    const isLive = (row.state === 'pending' || row.state === 'approved') && row.expiresAt > Date.now();
    if (!isLive) return { ...facts, kind: 'gone' };
    const as = agreed.find((name) => rule.isSame(name, approver));
    if (as === approver) return { ...facts, kind: 'repeated', mayTakeBack: true };
    if (as !== undefined) return { ...facts, kind: 'repeated', as };
    if (row.state === 'approved' && agreed.length >= rule.needed) return { ...facts, kind: 'gone' };
    const self = await find(approver);
    const isOwn = !callerMayApprove && mayBeSamePerson(self ? namesOf(self) : [approver], callerOf(waiting));
    return { ...facts, kind: isOwn ? 'own' : 'open' };
  }

  async function decide(id: string, name: string, { yes, reason, ...typed }: Decision): Promise<Decided> {
    const waiting = await open(id);
    if (waiting === undefined || waiting === 'sealed') return { kind: 'gone' };
    const approver = await find(name);
    if (!approver) return { kind: 'removed' };
    const { kind, mayTakeBack } = await standing(waiting, name);
    if (kind === 'gone' || (kind === 'repeated' && (yes || !mayTakeBack))) return { kind };
    // The caller may still decline its own request, and an approver may turn an unused yes into a no.
    if (kind === 'own' && yes) return { kind };
    if (kind === 'repeated' && !(await approvals.takeBack(id, name))) return { kind: 'gone' };
    const askFor = yes ? secretsToType(waiting) : [];
    const faults = yes ? faultsOf(connections, waiting.view, askFor, { yes, ...typed }) : [];
    if (faults.length > 0) return { kind: 'faults', faults };
    const secrets = Object.fromEntries(askFor.map((field) => [field, typed.secrets?.[field] ?? '']));
    const sealed = askFor.length > 0 ? seal.seal(id, secrets) : undefined;
    const decision = { approver: name, yes, registration: registrationOf(approver), ...(reason && { reason }) };
    const result = await approvals.decide(id, decision, sealed, await electorateFor(waiting));
    if (result.kind === 'decided' && result.row.state === 'declined') await recordRefusal(store, waiting, name, reason);
    return result;
  }

  return {
    signIn: createSignIn(approvals),

    /** The approver as registered now; undefined once removed. */
    approver: find,

    /** Uses up what counts once, such as a form of the page, wherever it comes back; false when it was used before. */
    useUp: async (id: string, expiresAt: number) => await approvals.consume({ id, expiresAt }),
    isUsedUp: async (id: string) => await approvals.isConsumed(id),

    countPending: async () => await approvals.countPending(),

    /** What is pending, or approved and not used yet. */
    async waiting(
      state: 'pending' | 'approved' = 'pending',
      after?: ApprovalCursor,
      limit = PAGE,
    ): Promise<WaitingPage> {
      // One more than is shown tells whether there is another page.
      const found = await approvals.live({ state, limit: limit + 1, ...(after && { after }) });
      const rows = found.slice(0, limit);
      // One that was altered in the database comes as withdrawn.
      const intact = rows.filter((row) => row.state === state);
      const waiting = intact.flatMap((row) => {
        try {
          return [unsealed(row)];
        } catch {
          return [];
        }
      });
      const last = found.length > limit ? rows.at(-1) : undefined;
      const next = last && { expiresAt: last.expiresAt, id: last.id };
      return { waiting, unreadable: intact.length - waiting.length, ...(next && { next }) };
    },

    open,
    standing,
    decide,

    /** Takes an unused yes back: the request waits again. False when it is too late, or there is none. */
    async takeBack(id: string, approver: string): Promise<boolean> {
      return (await approvals.takeBack(id, approver)) !== undefined;
    },
  };
}

/** Secrets still to be typed in: where two have to agree, the first one types them. */
export function secretsToType({ row, view }: Waiting): readonly string[] {
  return row.secret ? [] : view.askFor;
}

/** The desk of a house that was put together. */
export async function createApprovalService({
  settings,
  store,
  seal,
}: Pick<App, 'settings' | 'store' | 'seal'>): Promise<ApprovalService> {
  const { callerMayApprove, approversNeeded: needed } = settings.confirmation;
  const { connections } = settings;
  return openDesk({ connections, store: await store(), seal: await seal(), callerMayApprove, needed });
}

export type ApprovalService = ReturnType<typeof openDesk>;

/** A no is on record at once, not only when the agent comes back. */
async function recordRefusal(store: Store, { row, view }: Waiting, approver: string, reason?: string): Promise<void> {
  await store.attempt({
    provider: row.provider,
    connection: row.connection,
    userId: row.userId,
    changeId: row.id,
    outcome: 'refused',
    body: {
      ...view.entry,
      declinedBy: approver,
      code: 'declined',
      ...(reason && { message: 'declined with a reason' }),
    },
  });
}
