import { type Approval, type DecisionResult, isBatch } from '../../approvals/approval.ts';
import { type ApprovalService, createApprovalService } from '../../approvals/service.ts';
import { eligibilityMessage, refusalMessage, statusMessage } from '../../approvals/status/messages.ts';
import type { Eligibility, Review } from '../../approvals/status/status.ts';
import { UsageError } from '../../errors.ts';
import { makeQuestion } from '../../update/confirm/question.ts';
import type { ApproverCredentials, ScriptOptions } from '../deciding/approver.ts';
import { approverAtTerminal } from '../deciding/at-terminal.ts';
import { batchText } from '../deciding/batch-text.ts';
import { type AnswerOptions, scriptedApprover } from '../deciding/scripted.ts';
import type { Called } from '../definitions/command.ts';
import { print } from '../output.ts';
import { ownCommandLine } from '../own-command.ts';
import { withApprovals } from '../shared-approvals.ts';
import { terminalWidth } from '../table.ts';
import { visitOpenApprovals } from './approvals.ts';

interface CommonOptions extends ScriptOptions {
  config?: string;
  json?: boolean;
}

type Verb = 'approve' | 'reject';

interface DecideOptions extends CommonOptions, AnswerOptions {
  reason?: string;
  isTakenBack: boolean;
}

/** `approve`. */
export async function approve({
  values,
  args: [id = ''],
}: Called<CommonOptions & AnswerOptions & { 'take-back'?: boolean }>) {
  return await run('approve', id, { ...values, isTakenBack: values['take-back'] ?? false });
}

/** `reject`. */
export async function reject({ values, args: [id = ''] }: Called<CommonOptions & { reason?: string }>) {
  return await run('reject', id, { ...values, isTakenBack: false });
}

/** Deciding at the command line: the same passphrases, question and checks as on the page. */
async function run(verb: Verb, id: string, options: DecideOptions): Promise<number> {
  const { config, json = false, reason, isTakenBack } = options;
  return await withApprovals(config, async (_, app) => {
    const person = options['passphrase-stdin'] ? scriptedApprover(options) : approverAtTerminal(verb, options);
    try {
      const service = await createApprovalService(app);
      const approval = await find(service, id);
      const approver = await signIn(service, await person.credentials());
      if (approver === undefined) return 1;
      const { status, eligibility, needed, user } = await service.review(approval, approver);
      // What the approver has no right to see is not shown either.
      if (eligibility.kind === 'hidden') return fail(`${id}: no such request is open`);
      person.say(`\n${questionOf(approval)}\n`);
      const message = statusMessage(status, { user, isBatch: isBatch(approval) });
      if (message) person.say(`${message.title}.\n${message.text}\n`);
      if (isTakenBack) return await takeBack(service, approval, approver, json);
      const obstacle = obstacleTo(verb, eligibility);
      if (obstacle !== undefined) return fail(obstacle);
      const decision = verb === 'approve' ? await person.decide(approval) : { yes: false, ...(reason && { reason }) };
      if (!decision) return fail('Not approved; the request is still pending.');
      return report(await service.decide(approval.row.id, approver, decision), approval, { needed, user }, json);
    } finally {
      person.close();
    }
  });
}

/** Why this approver cannot decide this way; undefined if they can. */
function obstacleTo(verb: Verb, eligibility: Eligibility): string | undefined {
  switch (eligibility.kind) {
    case 'eligible':
      return undefined;
    case 'own':
      return verb === 'reject' ? undefined : eligibilityMessage(eligibility);
    case 'agreed':
      return verb === 'reject' ? undefined : `${eligibilityMessage(eligibility)} --take-back takes it back.`;
    case 'agreed-as':
    case 'no-right':
      return eligibilityMessage(eligibility);
    case 'sign-in-again':
    case 'hidden':
    case 'closed':
      return refusalMessage('gone');
  }
}

async function signIn(
  service: ApprovalService,
  { name, passphrase }: ApproverCredentials,
): Promise<string | undefined> {
  const result = await service.signInByCommand(name, passphrase);
  switch (result.kind) {
    case 'ok':
      return result.approver.name;
    case 'empty':
      return void fail('Both a name and a passphrase are needed.');
    case 'wrong':
      return void fail('The name or the passphrase is not right.');
    case 'wait':
      return void fail(
        'Too many different passphrases were tried for this name at the command line; try again in an hour. The approval page is not affected.',
      );
  }
}

/**
 * Finds a request by its whole id, or by a prefix that is unique among the requests pending or approved and not used
 * yet.
 */
async function find(service: ApprovalService, id: string): Promise<Approval> {
  if (!/^[0-9a-f-]{4,36}$/.test(id))
    throw new UsageError(`ID: expected an id as shown by ${ownCommandLine('approvals', 'list')}`);
  const whole = id.length === 36 ? await service.open(id) : undefined;
  if (whole !== undefined && whole !== 'sealed') return whole;
  const found: Approval[] = [];
  const unreadable = await visitOpenApprovals(service, (one) => void (one.row.id.startsWith(id) && found.push(one)));
  if (found.length > 1) throw new UsageError(`${id}: matches ${found.length} requests; give more of the id`);
  const sealed = `; open, but sealed with a key that is not available here (UPDATE_USER_KEY): ${unreadable}`;
  if (!found[0]) throw new Error(`${id}: no such request is open${unreadable > 0 ? sealed : ''}`);
  return found[0];
}

function questionOf(approval: Approval): string {
  if (isBatch(approval)) return batchText(approval.snapshot, terminalWidth(process.stderr));
  const { snapshot } = approval;
  const { caller, client, ...context } = snapshot;
  const by = { principal: caller, ...(client !== undefined && { client }) };
  return makeQuestion(snapshot, { ...context, caller: by }).message;
}

async function takeBack(
  service: ApprovalService,
  approval: Approval,
  approver: string,
  json: boolean,
): Promise<number> {
  const { row } = approval;
  if (!(await service.takeBack(row.id, approver))) {
    return fail('You have no yes to take back: it was used, no longer counts, or has expired.');
  }
  if (json) print(JSON.stringify({ id: row.id, state: 'pending' }));
  else print(`Taken back. The request is pending again; to decline it: ${rejectLine(approval)}`);
  return 0;
}

function rejectLine({ row }: Approval): string {
  return ownCommandLine('reject', row.id);
}

function report(
  result: DecisionResult,
  approval: Approval,
  { needed, user }: Pick<Review, 'needed' | 'user'>,
  json: boolean,
): number {
  if (result.kind === 'invalid') {
    return fail(['Not approved:', ...result.errors.map(({ field, message }) => `  ${field}: ${message}`)].join('\n'));
  }
  if (result.kind !== 'decided') return fail(refusalMessage(result.kind));
  const { id, state } = result.row;
  if (json) print(JSON.stringify({ id, state }));
  else if (state === 'approved' || state === 'declined') print(nextOf(approval)[user][state]);
  else print(`Your yes is recorded; ${needed} approvers have to agree, and not all of them have.`);
  return 0;
}

function nextOf(approval: Approval): Record<Review['user'], Record<'approved' | 'declined', string>> {
  const resume = isBatch(approval) ? ownCommandLine('apply', '--resume', approval.snapshot.batch) : '';
  return {
    agent: {
      approved: 'Approved, not used yet. The agent has to call again with the same arguments.',
      declined: 'Declined. The agent is told when it calls again.',
    },
    server: { approved: 'Approved. A running server carries it out within minutes.', declined: 'Declined.' },
    command: { approved: `Approved, not used yet. To carry it out: ${resume}`, declined: 'Declined.' },
  };
}

function fail(message: string): number {
  process.stderr.write(`update-user-mcp: ${message}\n`);
  return 1;
}
