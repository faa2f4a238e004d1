import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { type ApprovalProgram, approvalOf, PASSPHRASE, startApprovalProgram } from '../../support/approvals/program.ts';
import { type SignedInApprover, signInAt } from '../../support/approvals/signed-in-approver.ts';
import type { Agent } from '../../support/program/stdio-server.ts';
import { runAtTerminal, runPiped } from '../../support/program/terminal.ts';
import { holdNext } from '../../support/vendors/hold.ts';

/** What page and terminal say of an approved change: what the audit log says, and nothing before that. */

let program: ApprovalProgram;
let agent: Agent;
let approver: SignedInApprover | undefined;
let env: Record<string, string>;
let asked = 0;

beforeAll(async () => {
  program = await startApprovalProgram({ policy: { rules: [{ field: '*', decision: 'approve' }] } });
  agent = await program.agent();
  env = { ...program.server.env, UPDATE_USER_LOG: 'warn' };
}, 60_000);
afterAll(() => program.stop());
beforeEach(() => program.server.sandbox.vendors.atlassian.reset());

const vendor = () => program.server.sandbox.vendors.atlassian;

/** A change that ann has approved on the page. */
async function approveChange() {
  const args = { user_id: idOf('atlassian', 'jane'), set: { title: `Boss ${++asked}` } };
  const call = () => agent.call('atlassian_update_user', args);
  const { id, url } = approvalOf(await call());
  approver ??= await signInAt(new URL(url).origin);
  const page = async () => (await (approver as SignedInApprover).open(url)).replace(/<style[^]*<\/style>/, '');
  expect((await approver.press(url, 'approve')).status).toBe(303);
  return { id, call, page };
}

/** Gives the user record another value before it is read back. */
function changeBeforeReadBack(): void {
  setImmediate(() => Object.assign(vendor().users.get(idOf('atlassian', 'jane')) ?? {}, { title: 'Chief' }));
}

describe('an approval', { timeout: 120_000 }, () => {
  it('is not used yet until the agent calls again', async () => {
    const { id, call, page } = await approveChange();
    expect(await page()).toMatch(/Approved by ann, not used yet[^]*call again with the same arguments/);
    expect(await page()).not.toContain('carried out');
    const listed = await runPiped(env, ['approvals', 'list']);
    expect(listed.screen).toMatch(new RegExp(`Approved, not used yet:\\n[^]*${id.slice(0, 8)}`));
    const rows = JSON.parse((await runPiped(env, ['approvals', 'list', '--json'])).screen) as { id: string }[];
    expect(rows.find((one) => one.id === id)).toMatchObject({ state: 'approved', approved_by: ['ann'] });
    await call();
    expect((await runPiped(env, ['approvals', 'list'])).screen).not.toContain(id.slice(0, 8));
  });

  it.each<[string, Fault[], string, RegExp]>([
    ['rejected it', [{ kind: 'status', status: 400, method: 'PUT' }], 'failed', /ended: failed[^]*Nothing was changed/],
    ['ignored it', [{ kind: 'ignore', method: 'PUT' }], 'unverified', /ended: unverified[^]*is not known/],
    [
      'stored another value',
      [{ kind: 'run', method: 'PUT', run: changeBeforeReadBack }],
      'conflict',
      /ended: conflict[^]*someone else/,
    ],
    ['stored it', [], 'updated', /Approved by ann, and carried out/],
  ])('says how the change ended where the service %s', async (_what, faults, outcome, message) => {
    const { id, call, page } = await approveChange();
    vendor().faults.push(...faults);
    const { is } = await call();
    expect(is).toMatchObject({ outcome, change_id: expect.any(String) });
    const shown = await page();
    expect(shown).toMatch(message);
    expect(shown).toContain(String(is['change_id']));
    expect(shown.includes('carried out')).toBe(outcome === 'updated');
    const { screen } = await runAtTerminal(
      env,
      ['approve', id],
      [
        ['Approver name: ', 'ann'],
        ['Passphrase: ', PASSPHRASE],
      ],
    );
    expect(screen).toMatch(message);
    expect(screen).toContain(String(is['change_id']));
  });

  it('is under way while the change is being written', async () => {
    const { call, page } = await approveChange();
    const { arrived, release } = holdNext(vendor(), 'PUT');
    const calling = call();
    await arrived;
    const shown = await page();
    release();
    expect(shown).toContain('the change is under way');
    expect(shown).not.toContain('carried out');
    expect((await calling).is.outcome).toBe('updated');
    expect(await page()).toContain('and carried out');
  });
});
