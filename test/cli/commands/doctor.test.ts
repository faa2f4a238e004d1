import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { createVerifier } from '../../../src/approvals/passphrase.ts';
import { ownCommandLine } from '../../../src/cli/own-command.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { startReceiver } from '../../support/notices/receiver.ts';
import { startStandIn } from '../../support/oidc/stand-in.ts';
import { callProgram } from '../../support/program/call-program.ts';
import { runProgram } from '../../support/program/run-program.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';

/** doctor succeeds only where changes can be made. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

interface Report {
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

async function doctor(config: unknown, env: Record<string, string> = {}): Promise<Report & { code: number }> {
  const path = join(server.dir, 'mcp.config.json');
  writeFileSync(path, JSON.stringify(config));
  const { code, stdout } = await callProgram(['doctor', '--json', '--config', path], { ...server.env, ...env });
  return { code, ...(JSON.parse(stdout) as Report) };
}

const failed = ({ findings }: Report) => findings.filter(({ ok }) => !ok);
const approve = (rule: object = { effect: 'lifecycle' }) => ({ policy: { rules: [{ ...rule, decision: 'approve' }] } });

it('reads what the issuer of approvers says, and takes it for enough approvers', async () => {
  const stand = await startStandIn();
  onTestFinished(() => stand.close());
  const oidc = { issuer: stand.issuer, clientId: 'us', allow: { groups: ['hr'] } };
  const config = { ...approve(), http: { publicUrl: 'https://users.example.com' }, approvals: { oidc } };
  const good = await doctor(config);
  expect(failed(good)).toEqual([]);
  const found = good.findings.find(({ what }) => what === 'approvals.oidc');
  expect(found?.detail).toMatch(
    /answers and offers PKCE; redirect URI: https:\/\/users\.example\.com\/approvals\/oidc\/callback/,
  );
  expect(stand.redeemed).toEqual([]);
  stand.lies = { metadata: { issuer: 'http://127.0.0.1:9', code_challenge_methods_supported: undefined } };
  expect(failed(await doctor(config))).toMatchObject([
    { what: 'approvals.oidc', detail: expect.stringContaining('issuer') },
  ]);
});

it('names the hosts that notices go to, and sends nothing', async () => {
  const receiver = await startReceiver();
  const { findings } = await doctor({ notify: [{ url: receiver.url, events: ['*'], format: 'teams' }] });
  const { host } = new URL(receiver.url);
  const detail = `teams to ${host}: *. Nothing was sent.`;
  expect(findings.find(({ what }) => what === 'notices')).toEqual({ what: 'notices', ok: true, detail });
  expect(JSON.stringify(findings)).not.toContain('n0t-to-be-shown');
  expect(receiver.attempts).toEqual([]);
});

describe('rules that ask for approvals', () => {
  it('fail without an approver, and pass once there is one', async () => {
    const before = await doctor(approve());
    expect(before.code).toBe(1);
    expect(failed(before)).toEqual([
      {
        what: 'approvals',
        ok: false,
        detail: `policy.rules[0] asks for an approval, but no approver is registered; add one: ${ownCommandLine('approver', 'add', 'NAME')}.`,
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
    const report = await doctor(config);
    expect(report.code).toBe(1);
    expect(failed(report)[0]?.detail).toMatch(/policy\.rules\[0\] \("leavers"\) .* only 1 of the 2 approvers needed/);
    await addApprovers('bob');
    expect((await doctor(config)).code).toBe(0);
  });

  it('fail where the only approver is the caller of the rule', async () => {
    await addApprovers('nightly-sync');
    const rule = { caller: 'Nightly-Sync', effect: 'lifecycle' };
    const report = await doctor(approve(rule));
    expect([report.code, failed(report).length]).toEqual([1, 1]);
    expect(failed(report)[0]?.detail).toContain('"Nightly-Sync" may not approve its own changes');
    expect((await doctor({ ...approve(rule), confirmation: { callerMayApprove: true } })).code).toBe(0);
    expect((await doctor(approve({ caller: 'nightly-*', effect: 'lifecycle' }))).code).toBe(0);
    await addApprovers('ann');
    expect((await doctor(approve(rule))).code).toBe(0);
  });

  it.each([
    ['a memory store', approve(), { UPDATE_USER_STORE: 'memory' }, /a memory store has no approvers/],
    ['the channel client', { ...approve(), confirmation: { channel: 'client' } }, {}, /channel "client"/],
    ['the channel page', { confirmation: { channel: 'page' } }, {}, /channel is "page", but no approver/],
  ])('fail with %s', async (_, config, env, message) => {
    const report = await doctor(config, env);
    expect(report.code).toBe(1);
    expect(failed(report).map(({ detail }) => detail)).toEqual([expect.stringMatching(message)]);
  });

  it('do not count where they match no connection', async () => {
    const { AWORK_API_KEY, AWORK_BASE_URL } = server.env;
    const env = { HOME: server.dir, AWORK_API_KEY: AWORK_API_KEY ?? '', AWORK_BASE_URL: AWORK_BASE_URL ?? '' };
    const path = join(server.dir, 'mcp.config.json');
    writeFileSync(path, JSON.stringify(approve({ provider: 'dayzero' })));
    expect((await callProgram(['doctor', '--config', path], env)).code).toBe(0);
  });
});

it('reports only a note where the built-in rule for passwords has no approver', async () => {
  const report = await doctor({});
  expect([report.code, report.ok, failed(report)]).toEqual([0, true, []]);
  expect(report.notes).toEqual([
    expect.stringMatching(/A new password needs an approval .* no approver is registered/),
  ]);
  const { code, stdout } = await runProgram(['doctor'], server.env);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^note {2}approvals\n {6}A new password needs an approval/m);
  await addApprovers('ann');
  expect((await doctor({})).notes).toEqual([]);
});

it('fails where no provider is connected, and says how to connect one', async () => {
  const { code, stdout } = await callProgram(['doctor'], { HOME: server.dir, UPDATE_USER_STORE: 'memory' });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^FAIL {2}connections\n {6}No provider is connected: set its variables/m);
  expect(stdout).toContain(ownCommandLine('init'));
});
