import {
  type Decided,
  type Decision,
  type Desk,
  deskOf,
  MAX_REASON,
  secretsToType,
  type Waiting,
} from '../approvals/desk.ts';
import type { ApprovalView } from '../approvals/view.ts';
import { loadSettings } from '../config/load.ts';
import { UsageError } from '../errors.ts';
import { buildParts } from '../parts.ts';
import { makeQuestion, spelledOut } from '../update/question.ts';
import { sharedApprovals } from './approver.ts';
import { checkLength, print, readOptions } from './options.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const ABOUT = `ID is as \`update-user-mcp approvals list\` shows it. Asks for an approver's name and passphrase at the terminal.

Options: --config FILE, --json`;

const HELP = {
  approve: `Usage: update-user-mcp approve ID\nShows a change that waits for a person, and approves it.\n${ABOUT}`,
  reject: `Usage: update-user-mcp reject ID [--reason TEXT]\nDeclines a change that waits for a person.\n${ABOUT}`,
};

/** The desk at the terminal: the same passphrases, the same question, the same checks as on the page. */
export async function run(verb: 'approve' | 'reject', args: string[]): Promise<number> {
  const parsed = readOptions(args, HELP[verb], verb === 'reject' ? { reason: { type: 'string' } } : {}, 1);
  if (!parsed) return 0;
  const { values, positionals } = parsed;
  const reason = 'reason' in values && typeof values.reason === 'string' ? values.reason : undefined;
  checkLength('--reason', reason, MAX_REASON);
  const parts = buildParts(loadSettings(process.env, values.config));
  try {
    await sharedApprovals(parts);
    const terminal = openTerminal(verb);
    try {
      const desk = await deskOf(parts);
      const waiting = await find(desk, positionals[0] ?? '');
      const approver = await signIn(desk, terminal);
      if (approver === undefined) return 1;
      terminal.say(`\n${questionOf(waiting.view)}\n`);
      const standing = desk.standing(waiting, approver);
      if (standing === 'repeated' || (standing === 'own' && verb === 'approve')) return fail(WORDS[standing]);
      const decision = verb === 'approve' ? await askYes(terminal, waiting) : { yes: false, ...(reason && { reason }) };
      if (!decision) return fail('Not approved; it still waits.');
      return report(await desk.decide(waiting.row.id, approver, decision), values.json ?? false);
    } finally {
      terminal.close();
    }
  } finally {
    await parts.stop();
  }
}

const WORDS = {
  gone: 'It does not wait any more: decided, overtaken, or its time is over.',
  repeated: 'You have approved it before; another approver has to agree.',
  own: 'It was asked for under your own name; another approver has to decide.',
};

async function signIn(desk: Desk, terminal: Terminal): Promise<string | undefined> {
  const name = (await terminal.line('Approver name: ')).trim();
  const result = await desk.signIn(name, await terminal.secret('Passphrase: '));
  if (result.kind === 'ok') return result.approver.name;
  fail(
    result.kind === 'locked'
      ? 'That name is locked for a while after wrong passphrases.'
      : 'The name or the passphrase is not right.',
  );
  return undefined;
}

/** By its whole id, or by as much of it as tells it from the other pending ones. */
async function find(desk: Desk, id: string): Promise<Waiting> {
  if (!/^[0-9a-f-]{4,36}$/.test(id))
    throw new UsageError('ID: expected an id as update-user-mcp approvals list shows it');
  const { waiting, unreadable } = await desk.waiting(1000);
  const found = waiting.filter(({ row }) => row.id.startsWith(id));
  if (found.length > 1) throw new UsageError(`${id}: fits ${found.length} requests; give more of the id`);
  const sealed = `; waiting, but sealed with a key that is not at hand (UPDATE_USER_KEY): ${unreadable}`;
  if (!found[0]) throw new Error(`${id}: no such request is waiting${unreadable > 0 ? sealed : ''}`);
  return found[0];
}

function questionOf(view: ApprovalView): string {
  const { caller, client, ...context } = view;
  const by = { principal: caller, ...(client !== undefined && { client }) };
  return makeQuestion(view, { ...context, caller: by }).message;
}

/** Undefined when the person would rather not. */
async function askYes(terminal: Terminal, waiting: Waiting): Promise<Decision | undefined> {
  const { view } = waiting;
  if (!(await terminal.isYes('Approve this change?'))) return undefined;
  const overwrite =
    view.contested.length > 0 && (await terminal.isYes(`Also overwrite ${view.contested.join(', ')}, changed since?`));
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

function report(decided: Decided, json: boolean): number {
  if (decided.kind === 'faults') {
    return fail(['Not approved:', ...decided.faults.map(({ field, message }) => `  ${field}: ${message}`)].join('\n'));
  }
  if (decided.kind !== 'decided') return fail(WORDS[decided.kind]);
  const { id, state, decisions, needed } = decided.row;
  const next = {
    approved: 'Approved. The agent has to call again with the same arguments.',
    declined: 'Declined. The agent is told when it calls again.',
  };
  if (json) print(JSON.stringify({ id, state }));
  else if (state === 'approved' || state === 'declined') print(next[state]);
  else print(`Your yes is recorded; ${needed - decisions.length} more approver has to agree.`);
  return 0;
}

function fail(message: string): number {
  process.stderr.write(`update-user-mcp: ${message}\n`);
  return 1;
}
