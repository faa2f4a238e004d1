import { type Fault, isObject, type JsonObject } from '../providers/provider.ts';
import type { ApprovalRow } from '../store/approvals.ts';
import type { Store } from '../store/store.ts';
import type { Sealing } from '../update/ports.ts';
import { isTyped } from '../update/question.ts';
import type { Connection } from '../update/types.ts';
import { fitsVerifier, makeVerifier } from './passphrase.ts';
import type { ApprovalView } from './view.ts';

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

export interface DeskOptions {
  connections: readonly Connection[];
  store: Store;
  seal: Sealing;
  callerMayApprove: boolean;
}

const MAX_FAILURES = 5;
const LOCK_MS = 15 * 60_000;

/** Where approvers decide. Page and terminal both sit at it; it records decisions and never writes to a vendor. */
export function openDesk({ connections, store, seal, callerMayApprove }: DeskOptions) {
  const { approvals } = store;
  const decoy = makeVerifier('a passphrase nobody has');

  async function open(id: string): Promise<Waiting | undefined> {
    const row = await approvals.get(id);
    return row && { row, view: seal.unseal(row.id, row.view) as ApprovalView }; // sealed by us
  }

  return {
    /** Checks a passphrase. Unknown names take as long as known ones; repeated failures lock the approver out. */
    async signIn(name: string, passphrase: string): Promise<'ok' | 'wrong' | 'locked'> {
      const approver = (await approvals.approvers()).find((one) => one.name === name);
      if (approver && approver.lockedUntil > Date.now()) return 'locked';
      const fits = await fitsVerifier(passphrase, approver?.verifier ?? (await decoy));
      if (!approver) return 'wrong';
      if (fits) await approvals.noteSuccess(name);
      else await approvals.noteFailure(name, MAX_FAILURES, LOCK_MS);
      return fits ? 'ok' : 'wrong';
    },

    /** What is pending, newest first. */
    async waiting(limit = 100): Promise<Waiting[]> {
      const rows = await approvals.list({ state: 'pending', limit });
      return rows.map((row) => ({ row, view: seal.unseal(row.id, row.view) as ApprovalView }));
    },

    open,

    async decide(id: string, approver: string, decision: Decision): Promise<Decided> {
      const waiting = await open(id);
      if (!waiting || waiting.row.state !== 'pending' || waiting.row.expiresAt <= Date.now()) return { kind: 'gone' };
      if (decision.yes && !callerMayApprove && approver === waiting.row.caller) return { kind: 'own' };
      const faults = decision.yes ? faultsOf(connections, waiting.view, decision) : [];
      if (faults.length > 0) return { kind: 'faults', faults };
      const secrets =
        decision.yes && waiting.view.askFor.length > 0 ? seal.seal(id, decision.secrets ?? {}) : undefined;
      const { yes, reason } = decision;
      const result = await approvals.decide(id, { approver, yes, ...(reason && { reason }) }, secrets);
      if (result.kind === 'decided' && result.row.state === 'declined')
        await recordRefusal(store, waiting, approver, reason);
      return result;
    },
  };
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
      tool: view.tool,
      caller: row.caller,
      approvedBy: approver,
      verdict: view.verdict,
      rule: view.rule,
      code: 'refused_by_person',
      fields: view.fields.map(({ field, effect }) => ({ field, effect, before: null, after: null })),
      ...(reason && { message: 'declined with a reason' }),
    },
  });
}

function faultsOf(connections: readonly Connection[], view: ApprovalView, decision: Decision): Fault[] {
  const faults: Fault[] = [];
  if (view.typed !== undefined && !isTyped(decision.typed, view.typed)) {
    faults.push({ field: 'typed', message: `does not match; type ${JSON.stringify(view.typed)}` });
  }
  if (view.contested.length > 0 && !decision.overwrite) {
    faults.push({ field: 'overwrite', message: `tick it to overwrite ${view.contested.join(', ')}, or decline` });
  }
  const provider = connections.find(({ name }) => name === view.connection)?.provider;
  if (!provider) return [...faults, { field: 'connection', message: 'is not configured any more' }];
  const secrets: JsonObject = {};
  for (const field of view.askFor) {
    const parsed = provider.fields[field]?.schema.safeParse(decision.secrets?.[field] ?? '', { reportInput: false });
    const empty = !decision.secrets?.[field];
    if (empty) faults.push({ field, message: 'is missing' });
    else if (!parsed?.success)
      faults.push({
        field,
        message: parsed?.error.issues.map(({ message }) => message).join('; ') ?? 'is not a field',
      });
    else secrets[field] = decision.secrets?.[field] ?? '';
  }
  const after = { ...view.record, ...plannedValues(view), ...secrets };
  const wanted = new Set(Object.keys(secrets));
  const broken =
    wanted.size === 0 ? [] : (provider.rules ?? []).flatMap((rule) => rule(after, wanted, view.record) ?? []);
  return [...faults, ...broken.filter(({ field }) => wanted.has(field))];
}

/** The other fields of the same change: a password may not contain the new user name either. */
function plannedValues(view: ApprovalView): JsonObject {
  const plain = view.fields.filter(
    ({ field, after }) => !view.askFor.includes(field) && (typeof after !== 'object' || isObject(after)),
  );
  return Object.fromEntries(plain.map(({ field, after }) => [field, (after ?? null) as JsonObject[string]]));
}
