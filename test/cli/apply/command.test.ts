import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type App, createApp } from '../../../src/app.ts';
import { registrationOf } from '../../../src/approvals/eligibility.ts';
import { createVerifier } from '../../../src/approvals/passphrase.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { putsAt } from '../../support/pipeline/pipeline.ts';
import { addPeople, applyJson, fileIn, positions } from '../../support/program/apply.ts';
import { runProgram } from '../../support/program/run-program.ts';
import { type StdioServer, startStdioServer, startTestServer } from '../../support/program/stdio-server.ts';
import { runAtTerminal } from '../../support/program/terminal.ts';
import { holdNext } from '../../support/vendors/hold.ts';

/** `apply` and `undo` of a batch, with the built program. */

let server: StdioServer;
let env: Record<string, string>;
const [jane, john, priya] = (['jane', 'john', 'priya'] as const).map((key) => idOf('atlassian', key));
const policy = {
  rules: [
    { field: 'atlassian.nickName', decision: 'allow' },
    { field: 'atlassian.department', decision: 'deny' },
    { field: 'awork.position', decision: 'allow' },
  ],
};

beforeAll(async () => {
  server = await startStdioServer({ config: { policy } });
  env = { ...server.env, UPDATE_USER_LOG: 'error', TERM: 'dumb' };
});
afterAll(() => server.stop());
beforeEach(() => server.sandbox.vendors.atlassian.reset());

const file = (text: string, name = 'people.csv') => fileIn(server, name, text);
const apply = (path: string, ...args: string[]) => applyJson(env, [path, '--provider', 'atlassian', ...args]);
const titleOf = (id: string | undefined) => server.sandbox.vendors.atlassian.users.get(id ?? '')?.['title'];

describe('apply at a terminal', () => {
  const csv = () =>
    file(`user_id,title,active\r\n${jane},Lead,\r\n${john},,false\r\n${priya},VP Product,\r\nno-such-user,Lead,\r\n`);
  const args = () => ['apply', csv(), '--provider', 'atlassian', '--reason', 'spring review'];

  it('shows the plan, asks, writes after the number is typed, and takes all of it back', async () => {
    const { code, screen } = await runAtTerminal(env, args(), [
      ['Make these 2 changes? [y/N] ', 'y'],
      ['Type "2" to confirm: ', '2'],
    ]);
    const text = screen.replaceAll('\r', '');
    expect(text).toContain('Plan: 2 to change, 1 unchanged, 1 with a problem, which will not be changed.');
    expect(text).toContain('Atlassian: 2 user records (ordinary 1, lifecycle 1)');
    expect(text).toContain('Asked by "operator"');
    expect(text).toContain('reason: "spring review"');
    // The one at risk comes first.
    expect(text).toMatch(
      /Line 3: "John Smith"[^]*\n {2}- active: true → false\n[^]*Line 2: "Jane Doe"[^]*\n {2}- title: "Product Manager" → "Lead"\n/,
    );
    expect(text).toContain('Line 5 user "no-such-user": failed, not_found.');
    expect(text).toContain('Unchanged: line 4');
    const [, batch = ''] = /Batch ([\w-]+)\n/.exec(text) ?? [];
    expect(text).toContain(`Batch ${batch}: 2 updated, 1 unchanged, 1 failed.`);
    expect(code).toBe(1);
    expect(titleOf(jane)).toBe('Lead');

    const listed = await runProgram(['changes', 'list', '--batch', batch, '--json'], env);
    expect(JSON.parse(listed.stdout)).toMatchObject([{ batch_id: batch }, { batch_id: batch }, { batch_id: batch }]);
    const undone = await runAtTerminal(
      env,
      ['undo', batch],
      [
        ['Make these 2 changes? [y/N] ', 'yes'],
        ['Type "2" to confirm: ', '2'],
      ],
    );
    expect(undone).toMatchObject({ code: 0, screen: expect.stringContaining('2 updated.') });
    expect(undone.screen).toContain(`This undoes batch "${batch}"`);
    expect(titleOf(jane)).toBe('Product Manager');
  });

  it.each([
    ['a no', 'n', 1],
    ['no answer', '', 1],
    ['Ctrl-C', '\x03', 130],
  ])('changes nothing after %s', async (_, answer, code) => {
    const ended = await runAtTerminal(env, args(), [['Make these 2 changes? [y/N] ', answer]]);
    expect(ended).toMatchObject({ code, screen: expect.stringContaining('2 refused') });
    expect(putsAt(server.sandbox, 'atlassian')).toEqual([]);
  });

  it('asks again for a wrong number, and says why', async () => {
    const ended = await runAtTerminal(env, args(), [
      ['[y/N] ', 'y'],
      ['to confirm: ', '3'],
      ['[y/N] ', 'n'],
    ]);
    expect(ended.screen).toMatch(/What was typed is not what was asked for \(1 of 3\)/);
    expect(putsAt(server.sandbox, 'atlassian')).toEqual([]);
  });
});

describe('apply without a terminal', () => {
  it('prints an object for each line and the counts last, whatever the lines are', async () => {
    const path = file(
      `user_id,nickName,department\n${jane},Janie,\n${john},"J\nS",\n,x,\n${priya},P,\n${priya},Q,\nno-such-user,N,\nmax,,\n${idOf('atlassian', 'max')},,Boss\n`,
    );
    const { code, lines, last, stdout } = await apply(path);
    expect(Object.fromEntries(lines.map(({ line, ...rest }) => [line, rest]))).toMatchObject({
      2: { user_id: jane, outcome: 'updated', change_id: expect.any(String) },
      3: { user_id: john, outcome: 'failed', code: 'invalid_input' },
      5: { user_id: null, outcome: 'failed', code: 'invalid_input' },
      6: { user_id: priya, outcome: 'failed', code: 'invalid_input' },
      7: { user_id: priya, outcome: 'failed', code: 'invalid_input' },
      8: { user_id: 'no-such-user', outcome: 'failed', code: 'not_found' },
      9: { user_id: 'max', outcome: 'unchanged' },
      10: { user_id: idOf('atlassian', 'max'), outcome: 'denied', code: 'denied_by_policy' },
    });
    expect(last).toEqual({ batch_id: expect.any(String), counts: { updated: 1, unchanged: 1, denied: 1, failed: 5 } });
    expect(stdout.trimEnd().split('\n')).toHaveLength(9);
    expect(code).toBe(1);
    const listed = await runProgram(['changes', 'export', '--batch', last?.batch_id ?? '', '--format', 'csv'], env);
    expect(listed.stdout.split('\r\n').slice(1, -1)).toHaveLength(6);
  });

  it('reads JSON Lines, and looks people up by their addresses', async () => {
    const { users } = server.sandbox.vendors.awork;
    onTestFinished(() => server.sandbox.vendors.awork.reset());
    const [twin = ''] = addPeople(server.sandbox, 1);
    const contact = { type: 'email', value: 'twin@acme.example' };
    for (const id of [twin, idOf('awork', 'max')]) Object.assign(users.get(id) ?? {}, { userContactInfos: [contact] });
    const lines = [
      { mail: 'JANE.DOE@acme.example', set: { position: 'Lead' } },
      { mail: 'nobody@acme.example', set: { position: 'Lead' } },
      { mail: 'twin@acme.example', set: { position: 'Lead' } },
      { id: idOf('awork', 'john'), set: { position: 'Lead' } },
      { mail: 'john.smith@acme.example', clear: ['position'] },
      { mail: 'x', id: 'y', set: { position: 'Lead' } },
    ];
    const path = file(lines.map((line) => JSON.stringify(line)).join('\n'), 'people.jsonl');
    const ended = await applyJson(env, [path, '--provider', 'awork', '--find-by', 'email=mail', '--id', 'id']);
    expect(Object.fromEntries(ended.lines.map(({ line, outcome, code }) => [line, code ?? outcome]))).toEqual({
      1: 'updated',
      2: 'not_found',
      3: 'invalid_input',
      4: 'invalid_input',
      5: 'invalid_input',
      6: 'invalid_input',
    });
    expect(users.get(idOf('awork', 'jane'))).toMatchObject({ position: 'Lead' });
  });

  it('exits with 0 for what is updated, unchanged or previewed', async () => {
    const path = file(`Id,Nick,Salary\n${jane},JD2,5\n`);
    const options = ['--id', 'Id', '--map', 'Nick=nickName', '--ignore', 'Salary'];
    const preview = await apply(path, ...options, '--dry-run');
    expect(preview).toMatchObject({ code: 0, last: { counts: { preview: 1 } } });
    expect(putsAt(server.sandbox, 'atlassian')).toEqual([]);
    expect(await apply(path, ...options)).toMatchObject({ code: 0, last: { counts: { updated: 1 } } });
    expect(await apply(path, ...options)).toMatchObject({ code: 0, last: { counts: { unchanged: 1 } } });
  });

  it('writes nothing of all or nothing if one line is wrong', async () => {
    const ended = await apply(file(`user_id,nickName\n${jane},JD3\n${john},"J\nS"\n`), '--all-or-nothing');
    expect(ended).toMatchObject({ code: 1, last: { counts: { failed: 2 } } });
    expect(ended.lines.map(({ code }) => code)).toEqual(['not_started', 'invalid_input']);
    expect(putsAt(server.sandbox, 'atlassian')).toEqual([]);
  });

  it('says in a dry run that nothing would be written of all or nothing', async () => {
    const dryRun = async (text: string) =>
      (await runProgram(['apply', file(text), '--provider', 'atlassian', '--all-or-nothing', '--dry-run'], env)).stdout;
    const good = `user_id,nickName\n${jane},JD4\n`;
    const none = 'All or nothing: as they are, none of them would be made. Nothing was asked or sent.';
    expect(await dryRun(`${good}${john},"J\nS"\n`)).toContain(`1 with a problem, which will not be changed. ${none}`);
    expect(await dryRun(`${good}no-such-user,JD4\n`)).toContain(none);
    expect(await dryRun(`user_id,department\n${jane},Sales\n`)).toContain(none); // policy denies it
    expect(await dryRun(good)).not.toContain(none);
  });

  it('stops before the next write at Ctrl-C, says how to resume, and resumes', async () => {
    const ids = addPeople(server.sandbox, 30);
    const { awork } = server.sandbox.vendors;
    onTestFinished(() => awork.reset());
    const held = holdNext(awork, 'PUT');
    const path = fileIn(server, 'many.csv', positions(ids));
    const ended = await applyJson(env, [path, '--provider', 'awork'], async (child) => {
      await held.arrived;
      child.kill('SIGINT');
      await new Promise((resolve) => child.stderr?.once('data', resolve));
      held.release();
    });
    const batch = ended.last?.batch_id ?? '';
    expect(ended.code).toBe(130);
    expect(ended.stderr).toContain(`apply --resume ${batch}`);
    const { updated = 0, failed = 0 } = ended.last?.counts ?? {};
    expect(updated + failed).toBe(30);
    expect(ended.lines.filter(({ outcome }) => outcome === 'failed').every(({ code }) => code === 'not_started')).toBe(
      true,
    );
    const resumed = await applyJson(env, ['--resume', batch]);
    expect(resumed).toMatchObject({ code: 0, last: { batch_id: batch, counts: { updated: 30 } } });
    const writes = awork.requests.filter(({ method }) => method === 'PUT').map(({ path: to }) => to);
    expect(new Set(writes).size).toBe(30);
    expect(writes).toHaveLength(30);
  });
});

describe('apply with approvers', () => {
  it('prints the approval, ends 1, and goes on when it was given', async () => {
    const own = await startTestServer({ config: { policy: { rules: [{ field: '*', decision: 'approve' }] } } });
    const app: App = createApp(loadSettings(own.env, own.env['UPDATE_USER_CONFIG']));
    onTestFinished(() => app.shutdown());
    await app.seal();
    const { approvals } = await app.store();
    await approvals.addApprover('ann', await createVerifier('a long passphrase of mine'));
    const path = fileIn(own, 'people.csv', `user_id,title\n${jane},Lead\n`);
    const first = await runProgram(['apply', path, '--provider', 'atlassian'], own.env);
    expect(first.code).toBe(1);
    const [row] = await approvals.list({ state: 'pending', limit: 1 });
    const [, batch = ''] = /apply --resume (\S+)/.exec(first.stdout) ?? [];
    expect(first.stdout).toContain(`approve ${row?.id}`);
    const waiting = await applyJson(own.env, ['--resume', batch]);
    expect(waiting).toMatchObject({ code: 1, last: { batch_id: batch, counts: { needs_approval: 1 } } });
    const [ann] = await approvals.approvers();
    const registration = ann && registrationOf(ann);
    await approvals.decide(row?.id ?? '', { approver: 'ann', yes: true, ...(registration && { registration }) });
    const resumed = await applyJson(own.env, ['--resume', batch]);
    expect(resumed).toMatchObject({ code: 0, last: { counts: { updated: 1 } } });
    const again = await applyJson(own.env, ['--resume', batch]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing left to resume') });
  });
});

it('lets one process at a time carry a batch out', async () => {
  const { awork } = server.sandbox.vendors;
  onTestFinished(() => awork.reset());
  const path = fileIn(server, 'held.csv', positions(addPeople(server.sandbox, 1)));
  const held = holdNext(awork, 'PUT');
  let batch = '';
  const first = applyJson(env, [path, '--provider', 'awork'], (child) => {
    child.stderr?.on('data', (chunk: Buffer) => (batch ||= /Batch (\S+)/.exec(chunk.toString())?.[1] ?? ''));
  });
  await held.arrived;
  const second = await applyJson(env, ['--resume', batch]);
  expect(second).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Another process carries') });
  held.release();
  expect(await first).toMatchObject({ code: 0, last: { counts: { updated: 1 } } });
});

it('exits with 2 and prints nothing for a file that cannot be read as a whole', async () => {
  const ended = await apply(file('user_id;title\n1;x\n'));
  expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('separated by semicolons') });
  expect(server.sandbox.vendors.atlassian.requests).toEqual([]);
});
