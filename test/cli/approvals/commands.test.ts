import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import { type ApprovalProgram, approvalOf, PASSPHRASE, startApprovalProgram } from '../../support/approvals/program.ts';
import { type Agent, PROGRAM } from '../../support/program/stdio-server.ts';
import { callPiped, runAtTerminal } from '../../support/program/terminal.ts';

/** `approver`, `approvals`, `approve` and `reject` at the terminal. */

let program: ApprovalProgram;
let agent: Agent;
let env: Record<string, string>;
const jane = idOf('atlassian', 'jane');

beforeAll(async () => {
  program = await startApprovalProgram({ policy: { rules: [{ field: '*', decision: 'approve' }] } });
  env = { ...program.server.env, UPDATE_USER_LOG: 'warn' };
  agent = await program.agent();
}, 60_000);
afterAll(() => program.stop());

const ask = (args: Record<string, unknown>) => agent.call('atlassian_update_user', { user_id: jane, ...args });
const signIn: [string, string][] = [
  ['Approver name: ', 'ann'],
  ['Passphrase: ', PASSPHRASE],
];

describe('approver', { timeout: 120_000 }, () => {
  it('adds an approver whose passphrase is typed twice without echo', async () => {
    const typed = 'a passphrase of mine';
    const added = await runAtTerminal(
      env,
      ['approver', 'add', 'bob'],
      [
        ['characters): ', typed],
        ['Once more: ', typed],
      ],
    );
    expect(added).toMatchObject({ code: 0, screen: expect.stringContaining('bob may now approve changes.') });
    expect(added.screen).not.toContain(typed);
    const listed = await callPiped(env, ['approver', 'list', '--json']);
    expect(JSON.parse(listed.screen)).toMatchObject([{ name: 'ann' }, { name: 'bob', is: [] }]);
    expect((await callPiped(env, ['approver', 'list'])).screen).toMatch(
      /^NAME +MAY +SINCE +SIGN-IN +ALSO\nann +\*:\* .* UTC +passphrase +-\nbob .* -\n$/,
    );
    expect(await callPiped(env, ['approver', 'remove', 'bob'])).toMatchObject({ code: 0 });
    expect(await callPiped(env, ['approver', 'remove', 'bob'])).toMatchObject({ code: 1 });
  });

  it.each([
    ['a short passphrase', [['characters): ', 'too short']], 'shorter than 12'],
    [
      'two passphrases that differ',
      [
        ['characters): ', 'a passphrase of mine'],
        ['Once more: ', 'a passphrase of hers'],
      ],
      'not the same',
    ],
    ['an interruption', [['characters): ', '\u0003']], 'Stopped'],
  ] as [string, [string, string][], string][])('adds no approver on %s', async (_what, dialogue, message) => {
    const { code, screen } = await runAtTerminal(env, ['approver', 'add', 'eve'], dialogue);
    expect(code).toBe(message === 'Stopped' ? 130 : 1);
    expect(screen).toContain(message);
    expect((await callPiped(env, ['approver', 'list'])).screen).not.toContain('eve');
  });

  it.each([
    ['a name that is taken', ['approver', 'add', 'ann'], 1, 'already'],
    ['a name like an option', ['approver', 'add', '../x'], 2, 'NAME'],
  ] as const)('refuses %s', async (_what, args, code, message) => {
    const result = await runAtTerminal(env, [...args], []);
    expect(result).toMatchObject({ code, screen: expect.stringContaining(message) });
  });

  it.each([
    ['a pipe', ['approver', 'add', 'eve'], 'needs a terminal'],
    ['an argument', ['approver', 'add', 'eve', PASSPHRASE], 'Usage'],
    ['an option', ['approver', 'add', 'eve', `--passphrase=${PASSPHRASE}`], 'there is no option --passphrase'],
    ['no verb', ['approver'], 'expected add, change, passphrase, list or remove'],
    ['another verb', ['approver', 'promote', 'eve'], 'expected add, change, passphrase, list or remove'],
  ])('takes no passphrase from %s', async (_what, args, message) => {
    const result = await callPiped({ ...env, PASSPHRASE }, args, `${PASSPHRASE}\n${PASSPHRASE}\n`);
    expect(result).toMatchObject({ code: 2, screen: '', errors: expect.stringContaining(message) });
  });

  it('needs a store that other processes share', async () => {
    const result = await callPiped({ ...env, UPDATE_USER_STORE: 'memory' }, ['approver', 'list']);
    expect(result).toMatchObject({ code: 2, errors: expect.stringContaining('UPDATE_USER_STORE: memory') });
    const config = join(program.server.dir, 'memory.json');
    writeFileSync(config, JSON.stringify({ store: 'memory' }));
    const ofFile = await callPiped({ ...env, UPDATE_USER_STORE: '' }, ['approver', 'list', '--config', config]);
    expect(ofFile).toMatchObject({ code: 2, errors: expect.stringMatching(/: store: memory/) });
  });
});

describe('approvals, approve and reject', { timeout: 120_000 }, () => {
  it('show the question, and a yes lets the agent go on', async () => {
    const user = program.server.sandbox.vendors.atlassian.users.get(jane) ?? {};
    Object.assign(user, { title: 'Product \u001b[31mManager' });
    const args = { set: { title: 'Advisor', active: false }, reason: 'leaves on Friday' };
    const { id } = approvalOf(await ask(args));
    const { screen } = await callPiped(env, ['approvals', 'list']);
    expect(screen).toContain(id.slice(0, 8));
    for (const line of screen.split('\n')) expect([...line].length).toBeLessThanOrEqual(80);
    const [listed] = JSON.parse((await callPiped(env, ['approvals', 'list', '--json'])).screen) as unknown[];
    expect(listed).toMatchObject({ id, connection: 'atlassian', fields: ['active', 'title'], caller: 'local' });

    const done = await runAtTerminal(
      env,
      ['approve', id.slice(0, 8)],
      [...signIn, ['[y/N] ', 'y'], ['Type "Jane Doe" to confirm: ', 'Jane Doe']],
    );
    expect(done).toMatchObject({ code: 0, screen: expect.stringContaining('call again with the same arguments') });
    expect(done.screen).toContain('title: "Product \\u001b[31mManager" → "Advisor"');
    expect(done.screen).toContain('leaves on Friday');
    expect(done.screen).not.toContain('\u001b[31m');
    expect(done.screen).not.toContain(PASSPHRASE);
    expect((await ask(args)).is.outcome).toBe('updated');
    expect((await callPiped(env, ['approvals', 'list'])).screen).toBe('Nothing is waiting for approval.\n');
  });

  it('read a new password without echo and check it by the vendor’s rules', async () => {
    const request = { user_id: idOf('mediasilo', 'jane'), ask_for: ['password'] };
    const { id } = approvalOf(await agent.call('mediasilo_update_user', request));
    const type = (password: string) =>
      runAtTerminal(
        env,
        ['approve', id, '--json'],
        [...signIn, ['[y/N] ', 'yes'], ['New password: ', password], ['New password again: ', password]],
      );
    const weak = await type('weakweak');
    expect(weak).toMatchObject({ code: 1, screen: expect.stringContaining('upper case') });
    const strong = await type('Wintergreen_Lantern.4107');
    expect(strong).toMatchObject({ code: 0, screen: expect.stringContaining('"state":"approved"') });
    for (const { screen } of [weak, strong]) expect(screen).not.toMatch(/weakweak|Wintergreen/);
    expect((await agent.call('mediasilo_update_user', request)).is.outcome).toBe('updated');
    const record = program.server.sandbox.vendors.mediasilo.users.get(request.user_id);
    expect(record?.['password']).toBe('Wintergreen_Lantern.4107');
  });

  it('need no credentials for the vendors', async () => {
    const bare = Object.fromEntries(Object.entries(env).filter(([name]) => !(name in program.server.sandbox.env)));
    const request = { user_id: idOf('mediasilo', 'john'), set: { company: 'Acme' }, ask_for: ['password'] };
    const { id } = approvalOf(await agent.call('mediasilo_update_user', request));
    const type = (password: string) =>
      runAtTerminal(
        bare,
        ['approve', id],
        [...signIn, ['[y/N] ', 'y'], ['New password: ', password], ['New password again: ', password]],
      );
    expect(await type('weakweak')).toMatchObject({ code: 1, screen: expect.stringContaining('upper case') });
    expect(await type('Wintergreen_Lantern.4107')).toMatchObject({ code: 0 });
    expect((await agent.call('mediasilo_update_user', request)).is.outcome).toBe('updated');
  });

  it('say when a request is sealed with another key', async () => {
    const { id } = approvalOf(await ask({ set: { title: 'Sealed' } }));
    const other = { ...env, UPDATE_USER_KEY: Buffer.alloc(32, 7).toString('base64') };
    const { code, screen } = await runAtTerminal(other, ['approve', id], signIn);
    expect(code).toBe(1);
    expect(screen).toMatch(/no such request is open; open, but sealed with a key[^]*UPDATE_USER_KEY\): 1/);
    expect((await runAtTerminal(env, ['reject', id], signIn)).code).toBe(0);
  });

  it('accept a yes only if it also covers overwriting what was changed since', async () => {
    const args = { set: { title: 'Boss' } };
    await runAtTerminal(env, ['approve', approvalOf(await ask(args)).id], [...signIn, ['[y/N] ', 'y']]);
    const { is } = await ask(args);
    Object.assign(program.server.sandbox.vendors.atlassian.users.get(jane) ?? {}, { title: 'Chief' });
    const { id } = approvalOf(await agent.call('undo_change', { change_id: is['change_id'] }));
    const no = await runAtTerminal(env, ['approve', id], [...signIn, ['change? [y/N] ', 'y'], ['since? [y/N] ', 'n']]);
    expect(no).toMatchObject({ code: 1, screen: expect.stringMatching(/A yes covers (?:this|the) change whole/) });
    const yes = await runAtTerminal(env, ['approve', id], [...signIn, ['change? [y/N] ', 'y'], ['since? [y/N] ', 'y']]);
    expect(yes.code).toBe(0);
    expect((await agent.call('undo_change', { change_id: is['change_id'] })).is).toMatchObject({ outcome: 'updated' });
  });

  it('decline with a reason', async () => {
    const args = { set: { title: 'Emperor' } };
    const { id } = approvalOf(await ask(args));
    const done = await runAtTerminal(env, ['reject', id, '--reason', 'no such job'], signIn);
    expect(done).toMatchObject({ code: 0, screen: expect.stringContaining('Declined.') });
    expect((await ask(args)).is).toMatchObject({ outcome: 'refused' });
    const row = await (await program.app.store()).approvals.get(id);
    expect(row?.decisions).toMatchObject([{ approver: 'ann', yes: false, reason: 'no such job' }]);
  });

  it('record nothing without the passphrase, the yes, or the label', async () => {
    const { id } = approvalOf(await ask({ set: { active: true } }));
    const attempts: [string, [string, string][], string][] = [
      [
        'approve',
        [
          ['Approver name: ', 'ann'],
          ['Passphrase: ', 'wrong'],
        ],
        'not right',
      ],
      [
        'reject',
        [
          ['Approver name: ', 'nobody'],
          ['Passphrase: ', PASSPHRASE],
        ],
        'not right',
      ],
      ['approve', [...signIn, ['[y/N] ', '']], 'still pending'],
      ['approve', [...signIn, ['[y/N] ', 'y'], ['to confirm: ', 'John Doe']], 'does not match'],
      ['approve', [...signIn, ['[y/N] ', '\u0004']], 'Stopped'],
    ];
    for (const [verb, dialogue, message] of attempts) {
      const { code, screen } = await runAtTerminal(env, [verb, id], dialogue);
      expect(screen).toContain(message);
      expect(code).toBe(1);
    }
    expect(await callPiped(env, ['approve', id], `ann\n${PASSPHRASE}\ny\nJane Doe\n`)).toMatchObject({ code: 2 });
    expect(await runAtTerminal(env, ['approve', '00000000-0000-4000-8000-000000000000'], signIn)).toMatchObject({
      code: 1,
    });
    expect(await runAtTerminal(env, ['approve', 'x'], signIn)).toMatchObject({ code: 2 });
    expect((await (await program.app.store()).approvals.get(id))?.state).toBe('pending');
  });

  it('serve the page without an MCP server', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'approvals', 'serve'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /http:\S+/.exec(line.toString())?.[0] ?? '';
    const response = await fetch(url);
    expect(response.url).toBe(`${url}/sign-in`);
    expect(await response.text()).toContain('Sign in to approve changes');
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(await callPiped(env, ['approvals', 'serve', '--port', 'x'])).toMatchObject({ code: 2 });
  });
});
