import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { callProgram } from '../../support/program/call-program.ts';

vi.setConfig({ testTimeout: 120_000 }); // they start programs

/** `config check` of a file, without a variable of its own environment. */
async function check(text: string, env: Record<string, string> = {}, files: Record<string, number> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'update-user-config-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const [name, mode] of Object.entries(files)) {
    writeFileSync(join(dir, name), 'a secret');
    chmodSync(join(dir, name), mode);
  }
  const file = join(dir, 'mcp.config.json');
  writeFileSync(file, text.replaceAll('DIR', dir));
  const run = (...more: string[]) => callProgram(['config', 'check', '--config', file, ...more], { HOME: dir, ...env });
  const json = await run('--json');
  return { ...json, report: JSON.parse(json.stdout) as unknown, forPeople: await run() };
}

it('lists connections and targets of notices with hosts and variables, and no value', async () => {
  const env = {
    MY_KEY: 'a-key-of-awork',
    SLACK: 'https://hooks.example.com/a-secret-path',
    ATLASSIAN_DIRECTORY_ID: 'dir-1',
    ATLASSIAN_SCIM_TOKEN: 'a-token',
  };
  const { code, report, stdout, forPeople } = await check(
    `{ "connections": { "ours": { "provider": "awork", "apiKey": "\${env:MY_KEY}" } },
       "notify": [{ "url": "\${env:SLACK}", "events": ["change.*"], "format": "slack" }] }`,
    env,
  );
  expect([code, forPeople.code]).toEqual([0, 0]);
  expect(report).toMatchObject({
    ok: true,
    faults: [],
    connections: [
      { name: 'atlassian', provider: 'atlassian', variables: ['ATLASSIAN_DIRECTORY_ID', 'ATLASSIAN_SCIM_TOKEN'] },
      { name: 'ours', provider: 'awork', hosts: ['api.awork.com'] },
    ],
    notify: [{ host: 'hooks.example.com', format: 'slack', events: ['change.*'] }],
  });
  expect(forPeople.stdout).toContain('slack to hooks.example.com: change.*');
  for (const value of Object.values(env)) expect(stdout + forPeople.stdout).not.toContain(value);
});

it.each<[string, string, object]>([
  [
    'an unknown key',
    '{\n  "policy": { "ruls": [] }\n}',
    { key: 'policy.ruls', line: 2, column: 15, message: 'not a known key' },
  ],
  ['a value of the wrong type', '{ "log": 5 }', { key: 'log', line: 1, column: 10 }],
  ['text that is no JSON', '{ "log": }', { line: 1 }],
  [
    'a rule that matches nothing',
    '{ "policy": { "rules": [{ "field": "awork.titel", "decision": "deny" }] } }',
    { key: 'policy.rules[0].field', line: 1 },
  ],
  [
    'a variable that is not set',
    '{ "key": "${env:NOT_SET}" }',
    { key: 'key', message: 'the environment variable NOT_SET is not set' },
  ],
  ['a key of the wrong shape', '{ "key": "short" }', { key: 'key', message: 'expected 32 bytes as base64 or hex' }],
  [
    'a placeholder',
    '{ "connections": { "a": { "provider": "awork", "apiKey": "$AWORK_API_KEY" } } }',
    { key: 'connections.a.apiKey' },
  ],
  [
    'a secret that others can read',
    '{ "key": "${file:DIR/key}" }',
    { key: 'key', message: expect.stringContaining('chmod') },
  ],
  [
    'an approval that nobody can give',
    '{ "confirmation": { "channel": "client" }, "connections": { "a": { "provider": "awork", "apiKey": "k" } }, "policy": { "rules": [{ "field": "*.position", "decision": "approve" }] } }',
    { message: expect.stringContaining('nothing is approved out of band') },
  ],
])('finds %s, with its place', async (_, text, fault) => {
  const { code, report, forPeople } = await check(text, {}, { key: 0o644 });
  expect([code, forPeople.code]).toEqual([2, 2]);
  expect(report).toMatchObject({ ok: false, faults: [fault] });
  expect(forPeople.stdout).toMatch(/^FAIL  /);
});

it('finds all placeholders, and all wrong references, at once', async () => {
  const connection = (apiKey: string) => ({ provider: 'awork', apiKey });
  const keysOf = async (...apiKeys: string[]) => {
    const connections = Object.fromEntries(apiKeys.map((apiKey, index) => [`c${index}`, connection(apiKey)]));
    const { report } = await check(JSON.stringify({ connections }));
    return (report as { faults: { key: string; line: number }[] }).faults.map(({ key, line }) => [key, line]); // as documented
  };
  const both = [
    ['connections.c0.apiKey', 1],
    ['connections.c2.apiKey', 1],
  ];
  expect(await keysOf('$FIRST_KEY', 'fine', '$SECOND_KEY')).toEqual(both);
  expect(await keysOf('${env:NOT_SET}', 'fine', '${file:nowhere}')).toEqual(both);
});

it('notes what starts, but may not be meant', async () => {
  const rules = [
    { effect: 'lifecycle', people: '>5', decision: 'deny' },
    { effect: 'lifecycle', people: '>5', decision: 'confirm' },
    { decision: 'allow' },
    { name: 'late', field: 'awork.position', decision: 'deny' },
  ];
  const { code, report } = await check(JSON.stringify({ policy: { rules }, store: 'memory' }), { AWORK_API_KEY: 'k' });
  const { notes } = report as { notes: string[] };
  expect(code).toBe(0);
  expect(notes).toEqual(
    expect.arrayContaining([
      'policy.rules[2] allows every change without a question.',
      'policy.rules[3] ("late") never decides: policy.rules[2] comes first and matches all of it.',
      expect.stringContaining('store: memory'),
    ]),
  );
  // Each rule with people counts for itself.
  expect(notes).not.toContainEqual(expect.stringContaining('policy.rules[1] never decides'));
});
