import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createVerifier } from '../../src/approvals/passphrase.ts';
import { loadSettings } from '../../src/config/load.ts';
import { runProgram } from '../support/run-program.ts';
import { type StdioServer, startStdioServer } from '../support/stdio-server.ts';

/** doctor is green only where changes can be made. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

interface Said {
  ok: boolean;
  findings: { what: string; ok: boolean; detail: string }[];
  notes: string[];
}

let server: StdioServer;
beforeEach(async () => {
  server = await startStdioServer();
});
afterEach(() => server.stop());

async function addApprovers(...names: string[]) {
  const app = createApp(loadSettings({ ...server.env, UPDATE_USER_LOG: 'silent' }));
  const { approvals } = await app.store();
  for (const name of names) await approvals.addApprover(name, await createVerifier('a long passphrase'));
  await app.shutdown();
}

async function doctor(config: unknown, env: Record<string, string> = {}): Promise<Said & { code: number }> {
  const path = join(server.dir, 'mcp.config.json');
  writeFileSync(path, JSON.stringify(config));
  const { code, stdout } = await runProgram(['doctor', '--json', '--config', path], { ...server.env, ...env });
  return { code, ...(JSON.parse(stdout) as Said) };
}

const failed = ({ findings }: Said) => findings.filter(({ ok }) => !ok);
const approve = (rule: object = { effect: 'lifecycle' }) => ({ policy: { rules: [{ ...rule, decision: 'approve' }] } });

describe('rules that ask for approvals', () => {
  it('fail without an approver, and pass once there is one', async () => {
    const before = await doctor(approve());
    expect(before.code).toBe(1);
    expect(failed(before)).toEqual([
      {
        what: 'approvals',
        ok: false,
        detail:
          'policy.rules[0] asks for an approval, but no approver is registered; add one: update-user-mcp approver add NAME.',
      },
    ]);
    await addApprovers('ann');
    const after = await doctor(approve());
    expect([after.code, failed(after)]).toEqual([0, []]);
    expect(after.findings.at(-1)).toEqual({ what: 'approvals', ok: true, detail: '1 registered, 1 needed' });
  });

  it('fail with fewer approvers than are needed', async () => {
    await addApprovers('ann');
    const config = { ...approve({ name: 'leavers', effect: 'lifecycle' }), confirmation: { approversNeeded: 2 } };
    const said = await doctor(config);
    expect(said.code).toBe(1);
    expect(failed(said)[0]?.detail).toMatch(/policy\.rules\[0\] \("leavers"\) .* only 1 of the 2 approvers needed/);
    await addApprovers('bob');
    expect((await doctor(config)).code).toBe(0);
  });

  it('fail where the only approver is the caller of the rule', async () => {
    await addApprovers('nightly-sync');
    const rule = { caller: 'Nightly-Sync', effect: 'lifecycle' };
    const said = await doctor(approve(rule));
    expect([said.code, failed(said).length]).toEqual([1, 1]);
    expect(failed(said)[0]?.detail).toContain('"Nightly-Sync" may not approve what it asked for itself');
    expect((await doctor({ ...approve(rule), confirmation: { callerMayApprove: true } })).code).toBe(0);
    expect((await doctor(approve({ caller: 'nightly-*', effect: 'lifecycle' }))).code).toBe(0);
    await addApprovers('ann');
    expect((await doctor(approve(rule))).code).toBe(0);
  });

  it.each([
    ['a store in memory', approve(), { UPDATE_USER_STORE: 'memory' }, /a store in memory has no approvers/],
    [
      'a channel that stays in the client',
      { ...approve(), confirmation: { channel: 'client' } },
      {},
      /channel "client"/,
    ],
    ['a channel that is the page', { confirmation: { channel: 'page' } }, {}, /channel is "page", but no approver/],
  ])('fail with %s', async (_, config, env, message) => {
    const said = await doctor(config, env);
    expect(said.code).toBe(1);
    expect(failed(said).map(({ detail }) => detail)).toEqual([expect.stringMatching(message)]);
  });

  it('do not count where they concern nothing that is connected', async () => {
    const { AWORK_API_KEY, AWORK_BASE_URL } = server.env;
    const env = { HOME: server.dir, AWORK_API_KEY: AWORK_API_KEY ?? '', AWORK_BASE_URL: AWORK_BASE_URL ?? '' };
    const path = join(server.dir, 'mcp.config.json');
    writeFileSync(path, JSON.stringify(approve({ provider: 'dayzero' })));
    expect((await runProgram(['doctor', '--config', path], env)).code).toBe(0);
  });
});

it('only notes that the built-in rule for passwords has no approver', async () => {
  const said = await doctor({});
  expect([said.code, said.ok, failed(said)]).toEqual([0, true, []]);
  expect(said.notes).toEqual([expect.stringMatching(/A new password needs an approval .* no approver is registered/)]);
  const { code, stdout } = await runProgram(['doctor'], server.env);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^note {2}approvals\n {6}A new password needs an approval/m);
  await addApprovers('ann');
  expect((await doctor({})).notes).toEqual([]);
});

it('fails where no provider is connected, and says how to connect one', async () => {
  const { code, stdout } = await runProgram(['doctor'], { HOME: server.dir, UPDATE_USER_STORE: 'memory' });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^FAIL {2}connections\n {6}No provider is connected: set its variables/m);
  expect(stdout).toContain('update-user-mcp init');
});
