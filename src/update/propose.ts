import { AppError } from '../errors.ts';
import type { Json } from '../lib/json/json-value.ts';
import type { Confirmed } from './confirm/confirmed.ts';
import type { UpdateContext } from './context.ts';
import { createPlan } from './plan/plan.ts';
import { decide } from './policy/policy.ts';
import { sensitiveTexts } from './redact/sensitive.ts';
import type { Outcome } from './results/outcome.ts';
import type { Proposal, Snapshot } from './types.ts';

/** plan/plan → policy/policy: the plan and the verdict on it. Plans again without the leaves that a rule strips. */
export function propose(
  { call, ports }: UpdateContext,
  snapshot: Snapshot,
  { keptFields = [], secrets = {} }: Partial<Pick<Confirmed, 'keptFields' | 'secrets'>> = {},
): Proposal {
  const { connection, caller } = call;
  const { provider } = connection;
  const typed = Object.entries(secrets) as [string, Json][];
  const request = { ...call.request, set: new Map([...call.request.set, ...typed]) };
  const plan = createPlan(provider, request, snapshot, new Set(keptFields));
  const subject = { connection, caller, userId: request.userId, emails: plan.emails, people: snapshot.people.of };
  const { verdict, under } = decide(ports.policy.rules, subject, plan);
  if (verdict.stripped.length === 0) return { kind: 'proposal', snapshot, plan, verdict, under };
  const left = new Set([...keptFields, ...verdict.stripped]);
  return { kind: 'proposal', snapshot, plan: createPlan(provider, request, snapshot, left), verdict, under };
}

/** How the call ends before a person is asked; undefined if it continues. */
export function endsBeforeConfirmation(
  { call }: UpdateContext,
  { plan, verdict }: Proposal,
): Extract<Outcome, { kind: 'unchanged' | 'preview' | 'denied' }> | undefined {
  if (plan.leaves.length === 0 && verdict.stripped.length === 0) return { kind: 'unchanged' };
  if (call.request.dryRun) return { kind: 'preview', plan, verdict };
  if (verdict.decision === 'deny' || plan.leaves.length === 0) return { kind: 'denied', verdict };
  return undefined;
}

/** Policy allows the whole plan, and nothing needs a yes or a secret of its own. */
export function needsNoConsent({ plan, verdict }: Proposal): boolean {
  return verdict.decision === 'allow' && plan.contested.length === 0 && !plan.leaves.some((leaf) => leaf.asked);
}

/** The proposal as confirmed: without the fields that are kept, with the secrets an approver typed. */
export function agreedProposal({ context, keptFields, secrets }: Confirmed, proposal: Proposal): Proposal {
  const typed = Object.values(secrets);
  context.known.addTexts(typed.flatMap(sensitiveTexts));
  const isSame = keptFields.length + typed.length === 0;
  const agreed = isSame
    ? proposal
    : { ...propose(context, proposal.snapshot, { keptFields, secrets }), verdict: proposal.verdict };
  if (agreed.plan.leaves.some((leaf) => leaf.asked))
    throw new AppError('internal', 'A secret that was asked for is missing.');
  return agreed;
}
