import { distinctPeople, mayBeSamePerson, namesOfCaller } from '../../approvals/identity.ts';
import type { Settings } from '../../config/load.ts';
import type { ApproverRow } from '../../store/approvals.ts';
import type { Rule } from '../../update/policy/rules.ts';
import { isLike } from '../../update/policy/text-pattern.ts';
import { ownCommandLine } from '../own-command.ts';

/** Whether the approvals that a configuration requires are possible. */
export interface ApprovalCheck {
  /** Problems: settings that require approvals that no approver can give. */
  faults: string[];
  /** A note about approvals that only a built-in rule requires. */
  note?: string;
  /** Whether the configuration requires approvals at all. */
  isAsked: boolean;
}

/** Checks whether the registered approvers can give the approvals that the configuration requires. */
export function checkApprovals(settings: Settings, approvers: readonly ApproverRow[]): ApprovalCheck {
  const { confirmation, policy } = settings;
  const asked = policy.rules.flatMap((rule, index) => {
    return rule.decision === 'approve' && concernsConnections(rule, settings)
      ? [{ rule, key: keyOf(rule, index) }]
      : [];
  });
  const faults = asked.flatMap(({ rule, key }) => {
    const problem = problemOf(rule, settings, approvers);
    return problem === undefined ? [] : [`${key} asks for an approval, but ${problem}`];
  });
  const isPage = confirmation.channel === 'page';
  const pageProblem = isPage ? tooFew(settings, approvers) : undefined;
  if (pageProblem !== undefined) faults.push(`confirmation.channel is "page", but ${pageProblem}`);
  const note = faults.length === 0 ? noteOnSecrets(settings, approvers) : undefined;
  return { faults, isAsked: asked.length > 0 || isPage, ...(note !== undefined && { note }) };
}

function keyOf({ name }: Rule, index: number): string {
  return name === undefined ? `policy.rules[${index}]` : `policy.rules[${index}] ("${name}")`;
}

function concernsConnections({ provider, connection }: Rule, { connections }: Settings): boolean {
  return connections.some((one) => {
    return (
      (provider === undefined || isLike(provider, one.provider.id)) &&
      (connection === undefined || isLike(connection, one.name))
    );
  });
}

function problemOf({ caller }: Rule, settings: Settings, approvers: readonly ApproverRow[]): string | undefined {
  const { channel, callerMayApprove } = settings.confirmation;
  if (channel === 'client') return 'with confirmation.channel "client" nothing is approved out of band';
  const problem = tooFew(settings, approvers);
  if (problem !== undefined || caller === undefined || callerMayApprove) return problem;
  for (const name of [caller].flat()) {
    if (name.includes('*')) continue;
    const others = approvers.filter((approver) => !mayBeSamePerson(namesOfCaller(name), [approver.name]));
    const own = tooFew(settings, others);
    if (own !== undefined) return `"${name}" may not approve its own changes, and ${own}`;
  }
  return undefined;
}

function tooFew({ confirmation, store, approvals }: Settings, approvers: readonly ApproverRow[]): string | undefined {
  const needed = confirmation.approversNeeded;
  // How many people the issuer lets in is not known here.
  if (approvals.oidc) return undefined;
  const count = distinctPeople(approvers, ({ name }) => [name]).length;
  if (count >= needed) return undefined;
  if (store.kind === 'memory') return 'a memory store has no approvers; set UPDATE_USER_STORE to a file or PostgreSQL';
  const problem =
    count === 0 ? 'no approver is registered' : `only ${count} of the ${needed} approvers needed is registered`;
  return `${problem}; add one: ${ownCommandLine('approver', 'add', 'NAME')}`;
}

/** Only a note: the built-in rule requires approval for a new password, but not every operator sets passwords. */
function noteOnSecrets(settings: Settings, approvers: readonly ApproverRow[]): string | undefined {
  const hasSecrets = settings.connections.some(({ provider }) => {
    return Object.values(provider.fields).some(({ effect }) => effect === 'secret');
  });
  const problem = hasSecrets ? tooFew(settings, approvers) : undefined;
  return problem === undefined
    ? undefined
    : `A new password needs an approval unless a rule decides otherwise: ${problem}.`;
}
