import type { App } from '../app.ts';
import type { ApprovalCursor, ApprovalRow, ApproverRow, DecisionRule } from '../store/approvals.ts';
import {
  type Approval,
  type ApprovalList,
  type ApproverDecision,
  type DecisionResult,
  secretsToType,
  toApproval,
} from './approval.ts';
import { createCommandSignIn } from './command-sign-in.ts';
import { createDecisionRule, isYes, namesOf, ownYesCounts, registrationOf } from './eligibility.ts';
import { mayBeSamePerson, namesOfCaller } from './identity.ts';
import { currentApprovers } from './oidc/current.ts';
import { createVerifier } from './passphrase.ts';
import { maySee, missingRights, type RightsNeeded } from './rights.ts';
import { createSignIn } from './sign-in.ts';
import { type PersonChange, peopleIn, readSnapshot, rightsNeeded } from './snapshot.ts';
import { type ApprovalStatus, type Eligibility, type Review, statusOf, userOf } from './status/status.ts';
import { usedFor } from './status/used.ts';
import { attemptsOf } from './undo/attempts.ts';
import { validateDecision } from './validate.ts';
import { countVisible, visibleRows } from './visible.ts';

const PAGE_SIZE = 100;
/** Requests that a filtered page looks at. */
const MAX_LOOKED_AT = 2000;

export type ApprovalService = Awaited<ReturnType<typeof createApprovalService>>;

/** Where approvers decide, on the page and at the terminal. It records decisions and never writes to a vendor. */
export async function createApprovalService(app: Pick<App, 'settings' | 'store' | 'seal'>) {
  const { connections, confirmation } = app.settings;
  const { oidc } = app.settings.approvals;
  const { callerMayApprove, approversNeeded } = confirmation;
  const store = await app.store();
  const seal = await app.seal();
  const { approvals } = store;

  /** `sealed`: with a key this process does not have. */
  async function open(id: string): Promise<Approval | 'sealed' | undefined> {
    const row = await approvals.get(id);
    if (row && !seal.knows(row.view)) return 'sealed';
    return row && unseal(row);
  }

  function unseal(row: ApprovalRow): Approval {
    return toApproval(row, readSnapshot(seal.unseal(row.id, row.view)));
  }

  function tryUnseal(row: ApprovalRow): Approval | 'sealed' {
    try {
      return unseal(row);
    } catch {
      return 'sealed';
    }
  }

  const callerOf = ({ row, snapshot }: Approval) => namesOfCaller(row.caller, snapshot.identities);

  const approvers = async () => currentApprovers(await approvals.approvers(), oidc);

  async function findApprover(name: string): Promise<ApproverRow | undefined> {
    return (await approvers()).find((one) => one.name === name);
  }

  async function rightsOf(name: string): Promise<readonly string[]> {
    return (await findApprover(name))?.may ?? [];
  }

  /** A request keeps the number of approvers that was needed when it was made, even if fewer are needed now. */
  async function ruleFor(approval: Approval): Promise<DecisionRule> {
    const needed = Math.max(approversNeeded, approval.row.needed);
    const rights = rightsNeeded(peopleIn(approval.snapshot));
    return createDecisionRule({
      approvers: await approvers(),
      needed,
      caller: callerOf(approval),
      callerMayApprove,
      rights,
    });
  }

  async function review(approval: Approval, approver: string): Promise<Review> {
    const { row } = approval;
    const rule = await ruleFor(approval);
    const { needed } = rule;
    const agreed = rule.counted(row.decisions).map((one) => one.approver);
    const status = statusOf(approval, agreed, needed, await usedFor(approval, store));
    const user = userOf(approval);
    const [attempt] = user === 'server' ? await attemptsOf(row, store) : [];
    const eligibility = await eligibilityOf(approval, approver, status, rule);
    const newest = row.state === 'withdrawn' ? await approvals.findByRequest(row.requestKey) : undefined;
    const newer = newest && newest.id !== row.id ? { newer: newest.id } : {};
    return { status, needed, eligibility, user, ...(attempt && { attempt }), ...newer };
  }

  async function eligibilityOf(
    approval: Approval,
    name: string,
    status: ApprovalStatus,
    rule: DecisionRule,
  ): Promise<Eligibility> {
    const approver = await findApprover(name);
    const may = approver?.may ?? [];
    if (!maySee(may, approval.row.provider)) return { kind: 'hidden' };
    if (status.kind !== 'pending' && status.kind !== 'approved') return { kind: 'closed' };
    const as = status.agreed.find((one) => rule.isSame(one, name));
    if (as !== undefined) return as === name ? { kind: 'agreed' } : { kind: 'agreed-as', name: as };
    // Has enough approvals under the current rule, but is still stored as pending: the next yes approves it.
    if (status.kind === 'approved' && approval.row.state === 'approved') return { kind: 'closed' };
    const people = peopleIn(approval.snapshot);
    const missing = missingRights(may, rightsNeeded(people));
    if (missing.length > 0) return { kind: 'no-right', missing: missing.map((one) => withTitle(one, people)) };
    const caller = callerOf(approval);
    const isOwn =
      !ownYesCounts(callerMayApprove, caller) && mayBeSamePerson(approver ? namesOf(approver) : [name], caller);
    return { kind: isOwn ? 'own' : 'eligible' };
  }

  async function decide(id: string, name: string, decision: ApproverDecision): Promise<DecisionResult> {
    const { yes, reason, secrets: typed } = decision;
    const approval = await open(id);
    if (approval === undefined || approval === 'sealed') return { kind: 'gone' };
    const approver = await findApprover(name);
    if (!approver) return { kind: 'removed' };
    switch ((await review(approval, name)).eligibility.kind) {
      case 'eligible':
        break;
      case 'closed':
      case 'hidden':
        return { kind: 'gone' };
      case 'no-right':
        return { kind: 'no-right' };
      case 'own':
        // A caller may withdraw its own request by declining it.
        if (yes) return { kind: 'own' };
        break;
      case 'agreed-as':
        return { kind: 'repeated' };
      case 'agreed':
        if (yes) return { kind: 'repeated' };
        if (!(await approvals.takeBack(id, name))) return { kind: 'gone' };
    }
    const askFor = yes ? secretsToType(approval) : [];
    const errors = yes ? validateDecision(app.settings, approval.snapshot, askFor, decision) : [];
    if (errors.length > 0) return { kind: 'invalid', errors };
    const secrets = Object.fromEntries(askFor.map((field) => [field, typed?.[field] ?? '']));
    const sealed = askFor.length > 0 ? seal.seal(id, secrets) : undefined;
    const recorded = { approver: name, yes, registration: registrationOf(approver), ...(reason && { reason }) };
    return await approvals.decide(id, recorded, sealed, await ruleFor(approval));
  }

  const signIn = createSignIn(approvals);
  return {
    signIn,
    /** For an attempt that is a process of its own. */
    signInByCommand: createCommandSignIn(store, seal.keyId, signIn),
    /** False if the approver was changed or removed meanwhile. What was agreed to under the old one no longer counts. */
    async changePassphrase(approver: ApproverRow, passphrase: string): Promise<boolean> {
      const verifier = await createVerifier(passphrase);
      const isSame = (one: ApproverRow) => one.name === approver.name && one.verifier === approver.verifier;
      return (await approvals.replaceApprover(isSame, (found) => found && { ...found, verifier })).kind === 'replaced';
    },
    /** Judges again what this approver agreed to and is not used yet, after the approver was changed. */
    async judgeAgain(name: string): Promise<void> {
      for await (const row of visibleRows(approvals, 'pending', undefined)) {
        const isTheirs = row.decisions.some((made) => isYes(made) && made.approver === name);
        if (isTheirs && seal.knows(row.view)) await approvals.recount(row.id, await ruleFor(unseal(row)));
      }
    },
    open,
    review,
    decide,

    /** Whose requests there may be: those of every connection that the approver has a right at, each once. */
    async providersFor(approver: string): Promise<{ id: string; title: string }[]> {
      const may = await rightsOf(approver);
      const all = new Map(connections.map(({ provider: { id, title } }) => [id, { id, title }]));
      return [...all.values()].filter(({ id }) => maySee(may, id));
    },

    /** The approver as registered now; undefined once removed. */
    approver: findApprover,

    /** Consumes a nonce for every process that shares the store; false when it was consumed before. */
    consume: async (id: string, expiresAt: number) => await approvals.consume({ id, expiresAt }),
    isConsumed: async (id: string) => await approvals.isConsumed(id),

    /** How many are pending; with an approver, how many of those the approver may see. */
    countPending: async (approver?: string) =>
      approver === undefined ? await approvals.countPending() : await countVisible(approvals, await rightsOf(approver)),

    /** The request, if this approver may see it. */
    async openFor(id: string, approver: string): Promise<Approval | 'sealed' | undefined> {
      const row = await approvals.get(id);
      return row && maySee(await rightsOf(approver), row.provider) ? await open(id) : undefined;
    },

    /**
     * Requests that are pending, or approved and not used yet; with an approver, those the approver may see. With
     * `isShown`, only those; a page then ends early after `MAX_LOOKED_AT` requests, and the next one goes on from there.
     */
    async list(
      state: 'pending' | 'approved' = 'pending',
      after?: ApprovalCursor,
      limit = PAGE_SIZE,
      approver?: string,
      isShown: (approval: Approval) => boolean = () => true,
    ): Promise<ApprovalList> {
      const may = approver === undefined ? undefined : await rightsOf(approver);
      const shown: Approval[] = [];
      let [unreadable, seen] = [0, 0];
      let last: ApprovalCursor | undefined;
      for await (const row of visibleRows(approvals, state, may, after)) {
        if (last && (shown.length + unreadable >= limit || seen >= MAX_LOOKED_AT)) {
          return { approvals: shown, unreadable, next: last };
        }
        seen++;
        last = { expiresAt: row.expiresAt, id: row.id };
        // A row that was altered in the database is returned as withdrawn.
        const approval = row.state === state ? tryUnseal(row) : undefined;
        if (approval === 'sealed') unreadable++;
        else if (approval && isShown(approval)) shown.push(approval);
      }
      return { approvals: shown, unreadable };
    },

    /** Takes an unused yes back and makes the request pending again. False if there is none, or if it is too late. */
    async takeBack(id: string, approver: string): Promise<boolean> {
      return (await approvals.takeBack(id, approver)) !== undefined;
    },
  };
}

function withTitle({ provider, effects }: RightsNeeded, people: readonly PersonChange[]) {
  const title = people.find((one) => one.provider === provider)?.providerTitle ?? provider;
  return { provider: title, effects };
}
