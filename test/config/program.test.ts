import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROGRAM } from '../support/program/stdio-server.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'update-user-settings-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the program with nothing on stdin and an environment of its own. */
function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const all = { PATH: process.env['PATH'] ?? '', HOME: dir, UPDATE_USER_STORE: 'memory', ...env };
    const child = execFile(process.execPath, [PROGRAM, ...args], { env: all }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
    child.stdin?.end();
  });
}

function configured(config: unknown): string {
  const path = join(dir, 'mcp.config.json');
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config));
  return path;
}

describe('a mistake in the settings ends the program with 2, a line on stderr and nothing on stdout', () => {
  const key = 'sk-very-secret-4711';
  const hr = { provider: 'atomicwork', tenant: 'acme', apiKey: key };

  it.each<[string, unknown, Record<string, string>, RegExp]>([
    ['an unknown key', { polcy: {} }, {}, /polcy: not a known key/],
    [
      'a rule with a mistyped field',
      { policy: { rules: [{ field: '*.titel', decision: 'deny' }] } },
      {},
      /rules\[0\]\.field/,
    ],
    [
      'a rule with a mistyped effect',
      { policy: { rules: [{ effect: 'secrets', decision: 'deny' }] } },
      {},
      /rules\[0\]\.effect/,
    ],
    [
      'a rule with a mistyped decision',
      { policy: { rules: [{ field: '*', decision: 'permit' }] } },
      {},
      /rules\[0\]\.decision/,
    ],
    ['text that is not JSON', `{"key": "${key}",}`, {}, /not valid JSON/],
    [
      'a variable that is not set',
      { connections: { hr: { ...hr, apiKey: '${env:NO_SUCH}' } } },
      {},
      /connections\.hr\.apiKey: .*NO_SUCH/,
    ],
    ['half a credential', {}, { ATLASSIAN_SCIM_TOKEN: key }, /ATLASSIAN_DIRECTORY_ID: is missing/],
    [
      'plain http',
      {},
      { AWORK_API_KEY: key, AWORK_BASE_URL: 'http://vendor.example' },
      /AWORK_BASE_URL: expected https/,
    ],
    ['a wrong workspace', { connections: { hr: { ...hr, workspaceId: key } } }, {}, /connections\.hr\.workspaceId/],
    [
      'a secret under a wrong name',
      { connections: { hr: { ...hr, token: key } } },
      {},
      /connections\.hr\.token: not a known/,
    ],
    ['a store that is a folder', {}, { UPDATE_USER_STORE: tmpdir() }, /UPDATE_USER_STORE: .* is a folder; name a file/],
    ['an unknown log level', {}, { UPDATE_USER_LOG: key }, /UPDATE_USER_LOG/],
  ])('%s', async (_name, config, env, message) => {
    const { code, stdout, stderr } = await run(['--config', configured(config)], env);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr.startsWith('update-user-mcp: ')).toBe(true);
    expect(stderr).not.toContain(key);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('a file that does not exist', async () => {
    const { code, stderr } = await run(['stdio'], { UPDATE_USER_CONFIG: join(dir, 'gone.json') });
    expect(code).toBe(2);
    expect(stderr).toContain('gone.json: the configuration file cannot be read (ENOENT)');
  });

  it('a secret file that others can read', async () => {
    const path = join(dir, 'token');
    writeFileSync(path, key, { mode: 0o644 });
    const config = configured({ connections: { hr: { ...hr, apiKey: `\${file:${path}}` } } });
    const { code, stderr } = await run(['--config', config]);
    expect(code).toBe(2);
    expect(stderr).toContain('chmod 600');
    expect(stderr).not.toContain(key);
  });

  it.each([[['--no-such-option']], [['no-such-command']], [['stdio', 'surplus']]])('arguments %j', async (args) => {
    const { code, stdout } = await run(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });
});

it('with valid settings the program ends with 0 once its client is gone', async () => {
  expect(await run([], { AWORK_API_KEY: 'k' })).toMatchObject({ code: 0, stdout: '' });
});

it('with nothing connected the program starts, has no tools, and says how to connect', async () => {
  const client = new Client({ name: 'test-client', version: '1.0' });
  const env = { PATH: process.env['PATH'] ?? '', HOME: dir, UPDATE_USER_STORE: 'memory' };
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [PROGRAM], env, stderr: 'ignore' }));
  expect((await client.listTools()).tools).toEqual([]);
  const instructions = client.getInstructions() ?? '';
  for (const variable of ['ATOMICWORK_API_KEY', 'AWORK_API_KEY', 'ATLASSIAN_SCIM_TOKEN', 'DAYZERO_TOKEN', 'MEDIASILO_'])
    expect(instructions).toContain(variable);
  await client.close();
});
