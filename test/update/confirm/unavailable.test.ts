import { afterEach, describe, expect, it } from 'vitest';
import { ownCommandLine } from '../../../src/cli/own-command.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import type { Call } from '../../../src/update/context.ts';
import type { Result } from '../../../src/update/types.ts';
import { update } from '../../../src/update/update.ts';
import { createPipeline, type Pipeline, putsAt } from '../../support/pipeline/pipeline.ts';
import { requestFor } from '../../support/pipeline/requests.ts';

/** Where no question can be asked, the result says why in this case, and only what helps in it. */

let pipeline: Pipeline;
afterEach(() => pipeline.stop());

const APPROVE = { policy: { rules: [{ field: '*', decision: 'approve' }] } };
const CONFIRM = { policy: {} };
const REGISTER = `have the operator register an approver (${ownCommandLine('approver', 'add', 'NAME')})`;
const upper = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

async function ask(
  config: object,
  how: Partial<Call> = {},
  askFor: string[] = [],
  approvers: string[] = [],
): Promise<Result> {
  pipeline = await createPipeline({ config: { ...config } });
  const { approvals } = await pipeline.app.store();
  for (const name of approvers) await approvals.addApprover(name, 'not signed in with here');
  const connection = pipeline.app.settings.connections.find(({ name }) => name === 'mediasilo');
  if (!connection) throw new Error('no connection');
  const set: Record<string, string> = askFor.length > 0 ? {} : { company: 'Acme' };
  const request = { ...requestFor({ set }), userId: idOf('mediasilo', 'jane'), askFor };
  const signal = new AbortController().signal;
  const call = { connection, request, caller: { principal: 'local' }, canAsk: false, signal, ...how };
  const outcome = await update(call, await pipeline.app.ports());
  if (outcome.kind === 'ask') throw new Error('asked');
  expect(outcome).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
  expect(putsAt(pipeline.sandbox, 'mediasilo')).toHaveLength(0);
  return outcome;
}

describe('confirmation_unavailable', () => {
  it('of a change to approve does not suggest another client', async () => {
    const { message, next } = await ask(APPROVE, { canAsk: true });
    expect(message).toContain('needs approval by a person outside this client; no approver is registered.');
    expect(next).toBe(upper(`have the operator change the policy rule that wants approval for it; or ${REGISTER}`));
  });

  it('of a change that two have to approve says how many it takes', async () => {
    const { message, next } = await ask({ ...APPROVE, confirmation: { approversNeeded: 2 } }, {}, [], ['ann']);
    expect(message).toContain('fewer than 2 approvers are registered');
    expect(next).toContain('register 2 approvers');
  });

  it('of a secret to type knows one way only', async () => {
    const { message, next } = await ask(CONFIRM, { canAsk: true }, ['password']);
    expect(message).toContain('has a secret (password) typed in by an approver; no approver is registered.');
    expect(next).toBe(upper(REGISTER));
  });

  it.each([
    ['a client that cannot ask', {}, {}, 'this client cannot ask one', 'Use a client that shows elicit'],
    ['no answer', { unanswered: true }, {}, 'the question was not answered in time', 'Call again when'],
    [
      'questions for approvers only',
      {},
      { confirmation: { channel: 'page' } },
      'the operator has every question put to an approver (confirmation.channel)',
      'Have the operator set confirmation.channel to auto',
    ],
    ['a command without a terminal', { place: 'terminal' }, {}, 'this command has no terminal', 'Run it at a terminal'],
  ] as [string, Partial<Call>, object, string, string][])('with %s says so', async (_case, how, more, why, step) => {
    const { message, next } = await ask({ ...CONFIRM, ...more }, how);
    expect(message).toContain(why);
    expect(next?.startsWith(step)).toBe(true);
    expect(next).toContain(`; or have the operator add a policy rule for this field; or ${REGISTER}.`);
  });

  it('keeps questions in the client where the operator wants them there', async () => {
    const { message, next } = await ask({ ...CONFIRM, confirmation: { channel: 'client' } });
    expect(message).toContain('the operator has questions put in the client only');
    expect(next).toContain('have the operator let approvers decide (confirmation.channel is client)');
  });
});
