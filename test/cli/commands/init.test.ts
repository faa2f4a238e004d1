import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { describe, expect, it, vi } from 'vitest';
import type { Client } from '../../../src/cli/clients/client.ts';
import { clients } from '../../../src/cli/clients/index.ts';
import { ownCommandLine } from '../../../src/cli/own-command.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { createHome } from '../../support/clients/home.ts';
import { PROGRAM } from '../../support/program/stdio-server.ts';

vi.setConfig({ testTimeout: 120_000 }); // they start programs

interface Printed {
  clients: {
    client: string;
    file: string;
    outcome: string;
    message?: string;
    entry: object;
    asks: boolean;
    hints: string[];
  }[];
  config?: { file: string; outcome: string; secretFiles: string[] };
  variables: string[];
  optional: string[];
}

const ALL = clients.flatMap(({ id }) => ['--client', id]);
const SECRET = 'k3y-that-must-not-appear';

function clientOf(id: string): Client {
  const client = clients.find((one) => one.id === id);
  if (!client) throw new Error(id);
  return client;
}

const cursor = clientOf('cursor');

/** A file as a user of the client may have it. */
function existing({ syntax, servers }: Client): string {
  if (syntax.format === 'toml') return `model = "x" # mine\n\n[${servers}.other]\ncommand = "other"\n`;
  const comment = syntax.comments ? '  // mine\n' : '';
  return `{\n${comment}  "theme": "dark",\n  "${servers}": {\n    "other": { "command": "other" }\n  },\n  "z": [1, 2]\n}\n`;
}

function serversIn(client: Client, text: string): Record<string, unknown> {
  const content = client.syntax.format === 'toml' ? parseToml(text) : (parse(text) as Record<string, unknown>);
  return content[client.servers] as Record<string, unknown>;
}

describe('init --client', () => {
  it('registers with every client beside what it has, and only with --write; again changes nothing', async () => {
    const home = createHome({ AWORK_API_KEY: SECRET });
    for (const client of clients) home.write(client, existing(client));
    const texts = () => clients.map((client) => home.read(client));
    const before = texts();

    const preview = await home.init(...ALL);
    expect([preview.code, preview.stderr, texts()]).toEqual([0, '', before]);
    expect(existsSync(join(home.project, 'mcp.config.json'))).toBe(false);
    for (const client of clients) expect(preview.stdout).toContain(`would be added to ${home.fileOf(client)}`);

    const written = await home.init(...ALL, '--write');
    expect([written.code, written.stderr]).toEqual([0, '']);
    const after = texts();
    for (const [index, client] of clients.entries()) {
      const text = after[index] ?? '';
      expect(Object.keys(serversIn(client, text)), client.id).toEqual(['other', 'update-user']);
      const isKept = (before[index] ?? '').split('\n').every((line) => text.includes(line.replace(/}$/, '')));
      expect(isKept, text).toBe(true);
      if (client.references.kind !== 'none') expect(text).toMatch(/AWORK_API_KEY[^]*AWORK_BASE_URL/);
    }
    expect(`${preview.stdout}${written.stdout}${after.join('')}`).not.toContain(SECRET);

    const again = await home.init(...ALL, '--write', '--json');
    const { clients: results } = JSON.parse(again.stdout) as Printed;
    expect([again.code, new Set(results.map(({ outcome }) => outcome)), texts()]).toEqual([
      0,
      new Set(['unchanged']),
      after,
    ]);
  });

  it('needs no configuration file, except for a client that passes on no variables', async () => {
    const home = createHome({ AWORK_API_KEY: SECRET });
    await home.init('--client', 'cursor', '--write');
    expect(existsSync(join(home.project, 'mcp.config.json'))).toBe(false);
    const { stdout } = await home.init('--client', 'claude-desktop', '--write', '--json');
    const { config, clients: results } = JSON.parse(stdout) as Printed;
    const file = join(home.project, 'mcp.config.json');
    expect(results[0]?.entry).toEqual({ command: 'node', args: [PROGRAM, '--config', file] });
    const [secretFile = ''] = config?.secretFiles ?? [];
    expect(config).toEqual({ file, outcome: 'written', secretFiles: [expect.stringContaining('AWORK_API_KEY')] });
    expect([statSync(file).mode & 0o777, statSync(join(secretFile, '..')).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(readFileSync(file, 'utf8')).not.toContain(SECRET);
    writeFileSync(secretFile, 'from the file\n', { mode: 0o600 });
    expect(loadSettings({}, file).connections[0]?.settings).toMatchObject({ apiKey: 'from the file' });
  });

  it('registers a configuration file that exists as it is, with the variables that it refers to', async () => {
    const home = createHome();
    const file = join(home.project, 'own.json');
    const text =
      '{ "connections": { "a": { "provider": "awork", "apiKey": "${env:MY_KEY}", "baseUrl": "${env:MY_URL:-}" } } }';
    writeFileSync(file, text);
    for (const option of ['--config', '--file']) {
      const { code, stdout } = await home.init('--client', 'gemini', option, 'own.json', '--json');
      const { clients: results, optional, variables } = JSON.parse(stdout) as Printed;
      expect([code, variables, optional]).toEqual([0, ['MY_KEY', 'MY_URL'], ['MY_URL']]);
      expect(results[0]?.entry).toEqual({
        command: 'node',
        args: [PROGRAM, '--config', file],
        env: { MY_KEY: '$MY_KEY', MY_URL: '${MY_URL:-}' },
      });
    }
    expect(readFileSync(file, 'utf8')).toBe(text);
    const missing = await home.init('--client', 'gemini', '--config', 'none.json');
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('none.json: cannot be read (ENOENT)')]);
  });

  it('refuses another entry of the name, tells only what it runs, and takes another name', async () => {
    const home = createHome({ AWORK_API_KEY: SECRET });
    const theirs = { command: 'uvx', args: ['--token', 't0ken'], env: { T: 't0ken' } };
    home.write(cursor, JSON.stringify({ mcpServers: { 'update-user': theirs } }));
    const before = home.read(cursor);
    const { code, stdout, stderr } = await home.init('--client', 'cursor', '--write');
    expect([code, home.read(cursor)]).toEqual([1, before]);
    expect(stderr).toMatch(/another entry "update-user" \(it runs the command "uvx"\).*--name.*Nothing was changed/);
    expect(stdout + stderr).not.toContain('t0ken');
    expect((await home.init('--client', 'cursor', '--write', '--name', 'people')).code).toBe(0);
    expect(serversIn(cursor, home.read(cursor))).toMatchObject({ 'update-user': theirs, people: { command: 'node' } });
  });

  it('handles each client by itself: one broken file leaves the others alone', async () => {
    const home = createHome({ AWORK_API_KEY: SECRET });
    home.write(cursor, '{ "mcpServers": {\n');
    const { code, stdout, stderr } = await home.init('--client', 'cursor', '--client', 'codex', '--write', '--json');
    const { clients: results } = JSON.parse(stdout) as Printed;
    expect([code, stderr]).toEqual([1, '']);
    expect(results.map(({ client, outcome }) => [client, outcome])).toEqual([
      ['cursor', 'failed'],
      ['codex', 'added'],
    ]);
    expect(results[0]?.message).toMatch(/line 2, column 1/);
    expect(home.read(cursor)).toBe('{ "mcpServers": {\n');
  });

  it('says of each client whether it asks, and how to have approvers decide where it does not', async () => {
    const home = createHome({ AWORK_API_KEY: SECRET });
    const { stdout } = await home.init(...ALL, '--json');
    const { clients: results } = JSON.parse(stdout) as Printed;
    expect(results.map(({ client }) => client)).toEqual(clients.map(({ id }) => id));
    for (const { asks, hints } of results) {
      const isTold = hints.join(' ').includes(ownCommandLine('approver', 'add', 'NAME'));
      expect(isTold).toBe(!asks);
    }
  });

  it.each([
    [['--client', 'curser'], /did you mean .*cursor/i],
    [['--client', 'cursor', '--name', 'a b'], /--name/],
    [['--client', 'cursor', '--name', '__proto__'], /--name/],
    [['--client', 'windsurf', '--project'], /Windsurf has no file for a project/],
    [['--write'], /--write: needs --client/],
    [['--client', 'cursor', '--provider', 'awrok'], /awork/],
    [['--client', 'claude-desktop', '--url', 'https://u.example/mcp'], /only starts servers itself/],
    [['--client', 'cursor', '--url', 'http://u.example/mcp'], /expected https/],
    [['--client', 'cursor', '--url', 'https://u.example/mcp', '--file', 'x'], /does not go with --url/],
    [['--client', 'cursor', '--url', 'https://u:s3cret@u.example/mcp'], /without a user, a password/],
    [['--client', 'cursor', '--url', 'https://u.example/mcp?token=s3cret'], /without a user, a password, a query/],
    [['--client', 'cursor', '--url', 'u.example'], /expected an address/],
  ])('%j is a usage error, and nothing is written', async (args, message) => {
    const home = createHome();
    const { code, stdout, stderr } = await home.init(...args, ...(args[0] === '--write' ? [] : ['--write']));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('s3cret');
    expect(existsSync(home.fileOf(cursor))).toBe(false);
  });
});

it('init --url registers a team’s server with a reference to the token', async () => {
  const home = createHome({ UPDATE_USER_TOKEN: SECRET });
  const able = clients.filter(({ remoteEntry }) => remoteEntry);
  const args = able.flatMap(({ id }) => ['--client', id]);
  const { code, stdout, stderr } = await home.init(...args, '--url', 'https://users.example.com/mcp', '--write');
  expect([code, stderr]).toEqual([0, '']);
  for (const client of able) {
    const text = home.read(client);
    expect(text).toContain('https://users.example.com/mcp');
    expect(`${text}${stdout}`).not.toContain(SECRET);
    if (client.references.kind !== 'none') expect(text).toContain('UPDATE_USER_TOKEN');
  }
});

describe('init --project', () => {
  it('writes the files of the project, with the project’s folder by the client’s name for it', async () => {
    const home = createHome({ AWORK_API_KEY: SECRET });
    const able = clients.filter(({ projectFiles }) => projectFiles.length > 0);
    const args = able.flatMap(({ id }) => ['--client', id]);
    const { code, stdout } = await home.init(...args, '--project', '--file', 'mcp.config.json', '--write');
    expect(code).toBe(0);
    for (const client of able) {
      const file = join(home.project, client.projectFiles.at(-1) ?? '');
      const text = readFileSync(file, 'utf8');
      const config = client.projectFolder
        ? `${client.projectFolder}/mcp.config.json`
        : join(home.project, 'mcp.config.json');
      expect(text, client.id).toContain(config);
      expect(existsSync(home.fileOf(client))).toBe(false);
    }
    expect(stdout).toContain('A path of this computer is in it');
  });
});
