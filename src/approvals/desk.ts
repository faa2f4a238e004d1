import type { Parts } from '../parts.ts';
import type { Fault } from '../providers/provider.ts';
import type { ApprovalRow, ApproverRow } from '../store/approvals.ts';
import type { Seal } from '../store/seal.ts';
import type { Store } from '../store/store.ts';
import type { Connection } from '../update/types.ts';
import { faultsOf } from './check.ts';
import { createSignIn } from './sign-in.ts';
import type { ApprovalView } from './view.ts';

/** Characters of an approver's reason. */
export const MAX_REASON = 300;

/** A pending approval as an approver sees it. */
export interface Waiting {
  row: ApprovalRow;
  view: ApprovalView;
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
  /** Nothing was recorded; each fault names what has to be put right. */
  | { kind: 'faults'; faults: Fault[] };

interface DeskOptions {
  connections: readonly Connection[];
  store: Store;
  seal: Pick<Seal, 'seal' | 'unseal' | 'knows'>;
  callerMayApprove: boolean;
}

/** Where approvers decide. Page and terminal both sit at it; it records decisions and never writes to a vendor. */
function openDesk({ connections, store, seal, callerMayApprove }: DeskOptions) {
  const { approvals } = store;

  /** `sealed`: with a key that is not at hand. */
  async function open(id: string): Promise<Waiting | 'sealed' | undefined> {
    const row = await approvals.get(id);
    if (row && !seal.knows(row.view)) return 'sealed';
    return row && { row, view: seal.unseal(row.id, row.view) as ApprovalView }; // sealed by us
  }

  /** Whether a decision by this approver is still to be had, and if not, why. */
  function standing({ row }: Waiting, approver: string): 'open' | 'gone' | 'repeated' | 'own' {
    if (row.state !== 'pending' || row.expiresAt <= Date.now()) return 'gone';
    if (row.decisions.some((one) => one.approver === approver)) return 'repeated';
    return !callerMayApprove && approver === row.caller ? 'own' : 'open';
  }

  return {
    signIn: createSignIn(approvals),

    /** The approver as registered now; undefined once removed. */
    async approver(name: string): Promise<ApproverRow | undefined> {
      return (await approvals.approvers()).find((one) => one.name === name);
    },

    /** Uses up what counts once, such as a form of the page, wherever it comes back; false when it was used before. */
    useUp: async (id: string, expiresAt: number) => await approvals.spend({ id, expiresAt }),
    isUsedUp: async (id: string) => await approvals.isSpent(id),

    /**
     * What is pending, newest first. `unreadable` counts what was sealed with a key that is not at hand, `more` what is
     * beyond the limit.
     */
    async waiting(limit = 100): Promise<{ waiting: Waiting[]; unreadable: number; more: number }> {
      const rows = await approvals.list({ state: 'pending', limit });
      const waiting = rows.flatMap((row) => {
        try {
          return [{ row, view: seal.unseal(row.id, row.view) as ApprovalView }];
        } catch {
          return [];
        }
      });
      const more = rows.length < limit ? 0 : Math.max(0, (await approvals.countPending()) - rows.length);
      return { waiting, unreadable: rows.length - waiting.length, more };
    },

    open,

    standing,

    async decide(id: string, approver: string, { yes, reason, ...typed }: Decision): Promise<Decided> {
      const waiting = await open(id);
      if (waiting === undefined || waiting === 'sealed') return { kind: 'gone' };
      const stands = standing(waiting, approver);
      // Whoever asks for a change may still take it back.
      if (stands !== 'open' && (yes || stands !== 'own')) return { kind: stands };
      const askFor = yes ? secretsToType(waiting) : [];
      const faults = yes ? faultsOf(connections, waiting.view, askFor, { yes, ...typed }) : [];
      if (faults.length > 0) return { kind: 'faults', faults };
      const secrets = Object.fromEntries(askFor.map((field) => [field, typed.secrets?.[field] ?? '']));
      const sealed = askFor.length > 0 ? seal.seal(id, secrets) : undefined;
      const result = await approvals.decide(id, { approver, yes, ...(reason && { reason }) }, sealed);
      if (result.kind === 'decided' && result.row.state === 'declined')
        await recordRefusal(store, waiting, approver, reason);
      return result;
    },
  };
}

/** Secrets still to be typed in: where two have to agree, the first one types them. */
export function secretsToType({ row, view }: Waiting): readonly string[] {
  return row.secret ? [] : view.askFor;
}

/** The desk of a house that was put together. */
export async function deskOf({ settings, store, seal }: Pick<Parts, 'settings' | 'store' | 'seal'>): Promise<Desk> {
  const { callerMayApprove } = settings.confirmation;
  return openDesk({ connections: settings.connections, store: await store(), seal: await seal(), callerMayApprove });
}

export type Desk = ReturnType<typeof openDesk>;

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
