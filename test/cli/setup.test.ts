import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clients } from '../../src/cli/clients/index.ts';
import { loadSettings } from '../../src/config/load.ts';
import { providers } from '../../src/providers/index.ts';
import { callProgram } from '../support/program/call-program.ts';
import { runProgram } from '../support/program/run-program.ts';
import { type StdioServer, startStdioServer } from '../support/program/stdio-server.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

interface Printed {
  variables: string[];
  optional: string[];
  registrations: { id: string; client: string; line: string }[];
}

/** Those of clients that pass variables on. */
function passingOn(registrations: Printed['registrations']): Printed['registrations'] {
  const able = clients.filter(({ references }) => references.kind !== 'none').map(({ id }) => id);
  return registrations.filter(({ id }) => able.includes(id));
}

let server: StdioServer;
beforeAll(async () => {
  server = await startStdioServer();
});
afterAll(() => server.stop());

const run = (...args: string[]) => callProgram(args, server.env);

describe('every command', () => {
  it.each(['stdio', 'sandbox', 'demo', 'doctor', 'init', 'changes', 'undo'])('%s has --help', async (command) => {
    const { code, stdout } = await run(command, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: update-user-mcp/);
  });

  it.each([
    [['changes', 'list', '--limit', 'many'], /--limit/],
    [['changes', 'list', '--since', 'someday'], /--since/],
    [['changes', 'list', '--outcome', 'bogus'], /--outcome bogus: expected one of updated, unchanged, .*unverified/],
    [['changes', 'list', '--provider', 'bogus'], /--provider bogus: expected one of atomicwork, awork/],
    [['changes', 'burn'], /expected list, verify or export/],
    [['changes'], /Usage/],
    [['changes', 'list', '--frobnicate'], /frobnicate/],
    [['changes', 'lsit'], /Did you mean list\?/],
    [['config'], /config: expected check\./],
    [['approve', 'x', '-ps3cret'], /^(?!.*s3cret)/s],
    [['changes', 'list', '--outcome', 's3cret'], /^(?!.*s3cret)/s],
    [['--token', 's3cret'], /^(?!.*s3cret).*no option --token/s],
    [['--config', 'x', 'docter'], /Did you mean doctor\?/],
    [['help', 'changes', 'list', 'more'], /no subcommands/],
  ])('%j is a usage error', async (args, message) => {
    const { code, stderr, stdout } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
  });

  it('is listed by --help, and --version is the package’s', async () => {
    const { stdout } = await runProgram(['--help'], server.env);
    for (const command of ['stdio', 'sandbox', 'demo', 'doctor', 'init', 'changes', 'undo'])
      expect(stdout).toContain(`  ${command}`);
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as {
      version: string;
    };
    expect((await runProgram(['--version'], server.env)).stdout.trim()).toBe(manifest.version);
  });

  it('prints the version or the help of a command wherever that is asked for', async () => {
    const version = await runProgram(['--version'], server.env);
    for (const words of [
      ['-V'],
      ['-v'],
      ['doctor', '--version'],
      ['changes', 'list', '-V'],
      ['--config', 'x', '--version'],
    ])
      expect(await run(...words)).toEqual(version);
    expect(await run('help', 'help')).toEqual(await run('help'));
    expect(await run('--config', 'x', 'doctor', '--help')).toEqual(await run('help', 'doctor'));
  });

  it('takes options before the command, too', async () => {
    const built = await runProgram(['--json', 'config', 'check'], server.env);
    expect(built).toEqual(await run('config', 'check', '--json'));
  });

  it('is not guessed from a mistyped name', async () => {
    const { code, stderr, stdout } = await runProgram(['stdoi'], server.env);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('stdoi: no such command');
  });
});

describe('doctor', () => {
  it('finds that every connection of the sandbox works, by reading only', async () => {
    const { code, stdout } = await runProgram(['doctor', '--json'], server.env);
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { what: string; detail: string }[] };
    // One for each connection, and two about the store.
    expect([code, ok, findings.length]).toEqual([0, true, providers.length + 2]);
    expect(findings.at(-1)).toMatchObject({ what: 'key', detail: expect.stringContaining(`${server.storePath}.key`) });
    const methods = Object.values(server.sandbox.vendors).flatMap(({ requests }) =>
      requests.map(({ method }) => method),
    );
    expect(new Set(methods)).toEqual(new Set(['GET']));
  });

  it('names the connection whose credential is rejected, prints no credential, and exits 1', async () => {
    const env = { ...server.env, DAYZERO_TOKEN: 'dz_wrong_and_secret' };
    for (const json of [['--json'], []]) {
      const { code, stdout, stderr } = await callProgram(['doctor', ...json], env);
      expect(code).toBe(1);
      expect(stdout).toMatch(/DayZero rejected this connection’s credential/);
      for (const secret of [
        'dz_wrong_and_secret',
        ...Object.values(server.sandbox.env).filter((value) => value.includes('sandbox')),
      ]) {
        expect(stdout + stderr).not.toContain(secret);
      }
    }
  });

  it('looks up no user, and says what to check where a connection leads nowhere', async () => {
    const env = { ...server.env, ATLASSIAN_DIRECTORY_ID: 'no-such-directory' };
    const { code, stdout } = await callProgram(['doctor', '--json'], env);
    const { findings } = JSON.parse(stdout) as { findings: { what: string; ok: boolean; detail: string }[] };
    const { ok, detail } = findings.find(({ what }) => what.startsWith('atlassian')) ?? { ok: true, detail: '' };
    expect([code, ok]).toEqual([1, false]);
    expect(detail).toMatch(/no such resource: check directoryId \(ATLASSIAN_DIRECTORY_ID\)/);
    expect(detail).not.toMatch(/user/);
  });

  it.each(['{}', '<!doctype html>', '', '{"message":"It works!"}'])(
    'does not take a server that answers everything with 200 and %j for a vendor',
    async (body) => {
      const vendors = Object.values(server.sandbox.vendors);
      for (const vendor of vendors) vendor.faults.push({ kind: 'status', status: 200, body, times: 9 });
      const { code, stdout } = await run('doctor', '--json');
      for (const vendor of vendors) vendor.reset();
      const { findings } = JSON.parse(stdout) as { findings: { what: string; ok: boolean; detail: string }[] };
      expect([code, findings.filter(({ ok }) => ok).map(({ what }) => what)]).toEqual([1, ['store', 'key']]);
      for (const { detail } of findings.filter(({ ok }) => !ok))
        expect(detail).toMatch(/The service there is not .*: check \w+_BASE_URL\./);
    },
  );

  it('fits 80 columns', async () => {
    const { stdout } = await run('doctor');
    expect(stdout.split('\n').filter((line) => [...line].length > 80 && !line.includes(server.storePath))).toEqual([]);
  });
});

describe('init', () => {
  it('writes a starter without secrets that the server can read, and never overwrites', async () => {
    const file = join(server.dir, 'starter.json');
    const { code, stdout } = await runProgram(['init', '--file', file], server.env);
    expect(code).toBe(0);
    for (const client of ['Claude Code', 'Cursor', 'VS Code', 'Codex', 'Gemini CLI']) expect(stdout).toContain(client);
    const text = readFileSync(file, 'utf8');
    for (const [name, value] of Object.entries(server.sandbox.env)) {
      if (/KEY|TOKEN|PASSWORD/.test(name)) expect(text).not.toContain(value);
    }
    expect(statSync(file).mode & 0o077).toBe(0);
    expect((await run('doctor', '--config', file)).code).toBe(0);
    const again = await run('init', '--file', file);
    expect([again.code, readFileSync(file, 'utf8')]).toEqual([2, text]);
    expect(again.stderr).toContain('already exists');
  });

  it.each(providers.map(({ id }) => id))(
    'writes a configuration of %s that works once the variables it names are set',
    async (id) => {
      const file = join(server.dir, `${id}.json`);
      const { code, stdout } = await callProgram(['init', '--file', file, '--provider', id, '--json'], {
        HOME: server.dir,
      });
      const { variables, optional, registrations } = JSON.parse(stdout) as Printed;
      expect(code).toBe(0);
      expect(
        readFileSync(file, 'utf8')
          .match(/(?<=\$\{env:)\w+/g)
          ?.sort(),
      ).toEqual([...variables].sort());
      const required = variables.filter((name) => !optional.includes(name));
      const { connections } = loadSettings(Object.fromEntries(required.map((name) => [name, valueOf(name)])), file);
      expect(connections.map(({ name, provider }) => [name, provider.id])).toEqual([[id, id]]);
      expect(registrations.map(({ id }) => id)).toEqual(clients.map((client) => client.id));
      for (const { client, line } of passingOn(registrations))
        for (const name of variables) expect(line, client).toContain(name);
    },
  );

  it.each<readonly [string, string, string, string]>([
    ['atomicwork', 'workspaceId', 'ATOMICWORK_WORKSPACE_ID', '7'],
    ['dayzero', 'userEmail', 'DAYZERO_USER_EMAIL', 'a@b.example'],
    ...providers
      .filter(({ signIn }) => !signIn.some(({ needs }) => needs.includes('baseUrl')))
      .map(({ id, env }) => [id, 'baseUrl', env['baseUrl'] ?? '', 'https://vendor.example'] as const),
  ])('writes a configuration of %s whose %s comes from %s once that is set', async (id, key, variable, value) => {
    const file = join(server.dir, `${id}-${key}.json`);
    const { stdout } = await callProgram(['init', '--file', file, '--provider', id, '--json'], { HOME: server.dir });
    const { variables, optional, registrations } = JSON.parse(stdout) as Printed;
    expect(optional).toContain(variable);
    for (const { client, line } of passingOn(registrations)) expect(line, client).toContain(variable);
    const env = Object.fromEntries(variables.filter((name) => !optional.includes(name)).map((name) => [name, '1']));
    const settingsWith = (more: Record<string, string>) =>
      loadSettings({ ...env, ...more }, file).connections[0]?.settings;
    expect(settingsWith({})).not.toHaveProperty(key);
    // As a client passes on a variable that it has no value for.
    expect(settingsWith({ [variable]: '' })).not.toHaveProperty(key);
    expect(settingsWith({ [variable]: value })).toHaveProperty(key, value);
  });

  it('names the optional variables', async () => {
    const file = join(server.dir, 'named.json');
    const { stdout } = await callProgram(['init', '--file', file, '--provider', 'atomicwork'], { HOME: server.dir });
    expect(stdout).toContain('Taken from the environment: ATOMICWORK_TENANT, ATOMICWORK_API_KEY.\n');
    expect(stdout).toContain('Optional: ATOMICWORK_WORKSPACE_ID, ATOMICWORK_BASE_URL.\n');
    expect(stdout).toContain('Not set yet: ATOMICWORK_TENANT, ATOMICWORK_API_KEY.\n');
  });

  it('writes a default for optional variables for Gemini CLI, which keeps the reference to an unset one', async () => {
    const file = join(server.dir, 'gemini.json');
    const { stdout } = await callProgram(['init', '--file', file, '--provider', 'awork', '--json'], {
      HOME: server.dir,
    });
    const gemini = (JSON.parse(stdout) as Printed).registrations.find(({ client }) => client.startsWith('Gemini'));
    const { env } =
      (JSON.parse(gemini?.line ?? '{}') as { mcpServers: Record<string, { env: object }> }).mcpServers['update-user'] ??
      {};
    expect(env).toEqual({ AWORK_API_KEY: '$AWORK_API_KEY', AWORK_BASE_URL: '${AWORK_BASE_URL:-}' });
  });

  it('uses the way to sign in whose variables are set, and other variables that are set', async () => {
    const file = join(server.dir, 'session.json');
    const env = { HOME: server.dir, MEDIASILO_HOST_CONTEXT: 'h', MEDIASILO_SESSION_KEY: 's', MEDIASILO_USERNAME: 'u' };
    const { stdout } = await callProgram(['init', '--file', file, '--json'], {
      ...env,
      DAYZERO_USER_EMAIL: 'a@b.example',
    });
    const { variables, optional } = JSON.parse(stdout) as Printed;
    expect(variables.filter((name) => !optional.includes(name))).toEqual([
      'DAYZERO_TOKEN',
      'DAYZERO_BUSINESS_ID',
      'MEDIASILO_HOST_CONTEXT',
      'MEDIASILO_SESSION_KEY',
    ]);
    expect(optional).toEqual(['DAYZERO_USER_EMAIL', 'DAYZERO_BASE_URL', 'MEDIASILO_BASE_URL']);
  });

  it('keeps a setting of another way to sign in that goes with this one', async () => {
    const file = join(server.dir, 'key.json');
    const env = { HOME: server.dir, MEDIASILO_KEY: 'k', MEDIASILO_SECRET: 's' };
    const { stdout } = await callProgram(['init', '--file', file, '--json'], env);
    expect((JSON.parse(stdout) as Printed).optional).toEqual(['MEDIASILO_HOST_CONTEXT', 'MEDIASILO_BASE_URL']);
    expect(loadSettings({ ...env, MEDIASILO_HOST_CONTEXT: 'h' }, file).connections[0]?.settings).toEqual({
      key: 'k',
      secret: 's',
      hostContext: 'h',
    });
  });

  it('with nothing set writes a configuration that works with the variables of any provider', async () => {
    const file = join(server.dir, 'nothing.json');
    const { code, stdout } = await callProgram(['init', '--file', file], { HOME: server.dir });
    expect(code).toBe(0);
    for (const { id } of providers) expect(stdout).toContain(`  ${id}: `);
    expect(loadSettings({}, file).connections).toEqual([]);
    expect(loadSettings({ AWORK_API_KEY: 'k' }, file).connections).toHaveLength(1);
  });

  it('quotes a path for the shell', async () => {
    const file = join(server.dir, "Jane's file.json");
    const { stdout } = await callProgram(['init', '--file', file], { HOME: server.dir });
    expect(stdout).toContain(`--config '${server.dir}/Jane'\\''s file.json'`);
  });

  it('accepts providers by id only', async () => {
    const file = join(server.dir, 'one.json');
    await run('init', '--file', file, '--provider', 'awork');
    const { connections } = JSON.parse(readFileSync(file, 'utf8')) as { connections: object };
    expect(Object.keys(connections)).toEqual(['awork']);
    const wrong = await run('init', '--file', join(server.dir, 'none.json'), '--provider', 'nope');
    expect(wrong.code).toBe(2);
    expect(existsSync(join(server.dir, 'none.json'))).toBe(false);
  });
});

/** A value that the setting of this variable takes. */
function valueOf(variable: string): string {
  return variable.endsWith('_URL') ? 'https://vendor.example' : '1';
}
