import { createApp } from '../../app.ts';
import {
  type ApprovalService,
  createApprovalService,
  type Decided,
  type Decision,
  MAX_REASON,
  type Standing,
  secretsToType,
  type Waiting,
} from '../../approvals/service.ts';
import type { ApprovalSnapshot } from '../../approvals/snapshot.ts';
import { standingWords } from '../../approvals/status-messages.ts';
import { loadSettings } from '../../config/load.ts';
import { UsageError } from '../../errors.ts';
import { quoteNames } from '../../lib/text/quote.ts';
import { makeQuestion } from '../../update/confirm/question.ts';
import { spelledOut } from '../../update/confirm/typed-name.ts';
import { checkLength, print, readOptions } from '../options.ts';
import { openTerminal, type Terminal } from '../terminal.ts';
import { eachWaiting } from './approvals.ts';
import { sharedApprovals } from './approver.ts';

const ABOUT = `ID is as \`update-user-mcp approvals list\` shows it. Asks for an approver's
name and passphrase at the terminal.

Options: --config FILE, --json`;

const HELP = {
  approve: `Usage: update-user-mcp approve ID [--take-back]
Shows a change that waits for a person, and approves it; of one that was
approved, says what became of it. --take-back takes your yes back, as long as it
was not used: the change waits for a person again.
${ABOUT}`,
  reject: `Usage: update-user-mcp reject ID [--reason TEXT]
Declines a change that waits for a person, also one you have approved that was
not used yet.
${ABOUT}`,
};

/** The desk at the terminal: the same passphrases, the same question, the same checks as on the page. */
export async function run(verb: 'approve' | 'reject', args: string[]): Promise<number> {
  const parsed =
    verb === 'approve'
      ? readOptions(args, HELP.approve, { 'take-back': { type: 'boolean' } }, 1)
      : readOptions(args, HELP.reject, { reason: { type: 'string' } }, 1);
  if (!parsed) return 0;
  const { values } = parsed;
  const { json = false } = values;
  const reason = 'reason' in values && typeof values.reason === 'string' ? values.reason : undefined;
  const isTakenBack = 'take-back' in values && values['take-back'] === true;
  checkLength('--reason', reason, MAX_REASON);
  const app = createApp(loadSettings(process.env, values.config));
  try {
    await sharedApprovals(app);
    const terminal = openTerminal(verb);
    try {
      const service = await createApprovalService(app);
      const waiting = await find(service, parsed.positionals[0] ?? '');
      const approver = await signIn(service, terminal);
      if (approver === undefined) return 1;
      const standing = await service.standing(waiting, approver);
      terminal.say(`\n${questionOf(waiting.view)}\n`);
      const words = standingWords(waiting, standing);
      if (words) terminal.say(`${words.title}.\n${words.text}\n`);
      if (isTakenBack) return await takeBack(service, waiting, approver, json);
      const obstacle = obstacleTo(verb, standing);
      if (obstacle !== undefined) return fail(obstacle);
      const decision = verb === 'approve' ? await askYes(terminal, waiting) : { yes: false, ...(reason && { reason }) };
      if (!decision) return fail('Not approved; it still waits.');
      return report(await service.decide(waiting.row.id, approver, decision), standing.needed, json);
    } finally {
      terminal.close();
    }
  } finally {
    await app.shutdown();
  }
}

const WORDS = {
  gone: 'It does not wait any more: decided, overtaken, or its time is over.',
  repeated: 'You have approved it before; another approver has to agree. --take-back takes your yes back.',
  own: 'It was asked for under a name of yours; another approver has to decide. You can only reject it.',
  removed: 'You are not registered as an approver any more. Nothing was recorded.',
};

/** Why this approver cannot decide so; undefined where it can. */
function obstacleTo(verb: 'approve' | 'reject', { kind, as, mayTakeBack }: Standing): string | undefined {
  if (kind === 'open' || (verb === 'reject' && (kind === 'own' || mayTakeBack))) return undefined;
  if (as === undefined) return WORDS[kind];
  return `"${as}" has approved it before, and the two names look alike or are registered as one person: that counts once. Another approver has to agree.`;
}

async function signIn(service: ApprovalService, terminal: Terminal): Promise<string | undefined> {
  const name = (await terminal.line('Approver name: ')).trim();
  const result = await service.signIn(name, await terminal.secret('Passphrase: '));
  if (result.kind === 'ok') return result.approver.name;
  fail(result.kind === 'empty' ? 'A name and a passphrase are needed.' : 'The name or the passphrase is not right.');
  return undefined;
}

/** By its whole id, or by as much of it as tells it from the others that wait or were approved and not used. */
async function find(service: ApprovalService, id: string): Promise<Waiting> {
  if (!/^[0-9a-f-]{4,36}$/.test(id))
    throw new UsageError('ID: expected an id as update-user-mcp approvals list shows it');
  const whole = id.length === 36 ? await service.open(id) : undefined;
  if (whole !== undefined && whole !== 'sealed') return whole;
  const found: Waiting[] = [];
  const unreadable = await eachWaiting(service, (one) => void (one.row.id.startsWith(id) && found.push(one)));
  if (found.length > 1) throw new UsageError(`${id}: fits ${found.length} requests; give more of the id`);
  const sealed = `; waiting, but sealed with a key that is not at hand (UPDATE_USER_KEY): ${unreadable}`;
  if (!found[0]) throw new Error(`${id}: no such request is waiting${unreadable > 0 ? sealed : ''}`);
  return found[0];
}

function questionOf(view: ApprovalSnapshot): string {
  const { caller, client, ...context } = view;
  const by = { principal: caller, ...(client !== undefined && { client }) };
  return makeQuestion(view, { ...context, caller: by }).message;
}

/** Undefined when the person would rather not. */
async function askYes(terminal: Terminal, waiting: Waiting): Promise<Decision | undefined> {
  const { view } = waiting;
  if (!(await terminal.isYes('Approve this change?'))) return undefined;
  const overwrite =
    view.contested.length > 0 && (await terminal.isYes(`Also overwrite ${quoteNames(view.contested)}, changed since?`));
  if (view.contested.length > 0 && !overwrite) {
    terminal.say(
      'A yes is to all of it, what somebody changed since included. To decline it: update-user-mcp reject ID',
    );
    return undefined;
  }
  const secrets: Record<string, string> = {};
  for (const field of secretsToType(waiting)) {
    secrets[field] = await terminal.secret(`New ${field}: `);
    if ((await terminal.secret(`New ${field} again: `)) !== secrets[field]) {
      terminal.say('The two are not the same.');
      return undefined;
    }
  }
  const typed =
    view.typed === undefined ? undefined : await terminal.line(`Type ${spelledOut(view.typed)} to confirm: `);
  return { yes: true, overwrite, secrets, ...(typed !== undefined && { typed }) };
}

async function takeBack(service: ApprovalService, { row }: Waiting, approver: string, json: boolean): Promise<number> {
  if (!(await service.takeBack(row.id, approver))) {
    return fail('There is no yes of yours to take back: it was used already, does not count any more, or is over.');
  }
  if (json) print(JSON.stringify({ id: row.id, state: 'pending' }));
  else print('Taken back. The change waits for a person again; to decline it: update-user-mcp reject ID');
  return 0;
}

function report(decided: Decided, needed: number, json: boolean): number {
  if (decided.kind === 'faults') {
    return fail(['Not approved:', ...decided.faults.map(({ field, message }) => `  ${field}: ${message}`)].join('\n'));
  }
  if (decided.kind !== 'decided') return fail(WORDS[decided.kind]);
  const { id, state } = decided.row;
  const next = {
    approved: 'Approved, not used yet. The agent has to call again with the same arguments.',
    declined: 'Declined. The agent is told when it calls again.',
  };
  if (json) print(JSON.stringify({ id, state }));
  else if (state === 'approved' || state === 'declined') print(next[state]);
  else print(`Your yes is recorded; ${needed} approvers have to agree, and not all of them have.`);
  return 0;
}

function fail(message: string): number {
  process.stderr.write(`update-user-mcp: ${message}\n`);
  return 1;
}
