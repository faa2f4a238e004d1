import { createHash } from 'node:crypto';
import { chownSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../../../src/config/load.ts';
import { providers } from '../../../src/providers/index.ts';
import { runCommand } from '../../support/program/run-program.ts';
import { PROGRAM } from '../../support/program/stdio-server.ts';
import { initTeam, makeFolder, readCompose } from '../../support/team/team.ts';

vi.setConfig({ testTimeout: 120_000 }); // they start programs

const SECRETS = ['key', 'mcp.config.json', 'postgres-password', 'token.sha256'];
const FILES = ['compose.yaml', ...SECRETS];
const TOKEN = /^ {2}([0-9a-f]{64})$/m;

const textsOf = (folder: string) => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('init --team in an empty folder', () => {
  it('makes the files of a server, the secret ones for their owner alone, whatever the umask', async () => {
    const folder = makeFolder();
    const line = 'umask 0; exec "$0" "$@"';
    const { code } = await runCommand('sh', ['-c', line, process.execPath, PROGRAM, 'init', '--team'], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '' },
    });
    expect([code, readdirSync(folder).sort()]).toEqual([0, FILES]);
    for (const name of SECRETS) expect(modeOf(join(folder, name)), name).toBe(0o600);
    expect(modeOf(join(folder, 'compose.yaml'))).toBe(0o644);
  });

  it('shows the token once and keeps only its hash; no other secret is shown', async () => {
    const folder = makeFolder();
    const { stdout, stderr } = await initTeam(folder);
    const token = TOKEN.exec(stdout)?.[1] ?? '';
    expect(stdout.split(token)).toHaveLength(2);
    expect(textsOf(folder).join()).not.toContain(token);
    const text = (name: string) => readFileSync(join(folder, name), 'utf8').trim();
    expect(text('token.sha256')).toBe(createHash('sha256').update(token).digest('hex'));
    expect(Buffer.from(text('key'), 'base64')).toHaveLength(32);
    for (const secret of ['key', 'postgres-password'].map(text)) {
      expect(stdout + stderr).not.toContain(secret);
      expect(text('mcp.config.json') + text('compose.yaml')).not.toContain(secret);
    }
  });

  it('gives scripts the token as a field', async () => {
    const folder = makeFolder();
    const { stdout } = await initTeam(folder, ['--json', '--provider', 'awork']);
    const facts = JSON.parse(stdout) as { token: string; files: string[] };
    expect(facts).toMatchObject({ folder, caller: 'team', url: 'http://127.0.0.1:3600/mcp' });
    expect(facts).toMatchObject({ variables: ['AWORK_API_KEY', 'AWORK_BASE_URL'], optional: ['AWORK_BASE_URL'] });
    expect(facts.files.sort()).toEqual(FILES);
    expect(readFileSync(join(folder, 'token.sha256'), 'utf8').trim()).toBe(
      createHash('sha256').update(facts.token).digest('hex'),
    );
  });

  it('makes other secrets each time', async () => {
    const folders = [makeFolder(), makeFolder()];
    for (const folder of folders) await initTeam(folder);
    for (const name of ['key', 'postgres-password', 'token.sha256']) {
      const [one, other] = folders.map((folder) => readFileSync(join(folder, name), 'utf8'));
      expect(one).not.toBe(other);
    }
  });

  it('says what is left to do', async () => {
    const { stdout } = await initTeam(makeFolder(), ['--provider', 'atomicwork']);
    expect(stdout).toContain('     ATOMICWORK_API_KEY=\n');
    expect(stdout).toContain('docker compose up --detach --wait');
    expect(stdout).toContain('docker compose exec server node /app/dist/main.js approver add NAME');
    expect(stdout).toContain(`node ${PROGRAM} init --client claude-code --url http://127.0.0.1:3600/mcp --write`);
  });
});

describe('its configuration', () => {
  it.each(providers.map(({ id }) => id))(
    'connects %s by its variables, and finds its secrets beside it',
    async (id) => {
      const folder = makeFolder();
      const { stdout } = await initTeam(folder, ['--provider', id, '--json']);
      const { variables, optional } = JSON.parse(stdout) as { variables: string[]; optional: string[] };
      const required = variables.filter((name) => !optional.includes(name));
      const env = Object.fromEntries(variables.map((name) => [name, required.includes(name) ? valueOf(name) : '']));
      const { connections, store, key, http, policy } = loadSettings(env, join(folder, 'mcp.config.json'));
      const text = (name: string) => readFileSync(join(folder, name), 'utf8').trim();
      expect(connections.map(({ name }) => name)).toEqual([id]);
      expect(store).toEqual({
        kind: 'postgres',
        url: `postgres://update_user:${text('postgres-password')}@postgres:5432/update_user`,
      });
      expect(key).toBe(text('key'));
      expect(http.auth?.tokens).toEqual([
        { name: 'team', sha256: text('token.sha256'), scopes: ['users:read', 'users:write'] },
      ]);
      expect(policy.rules.map(({ effect, decision }) => [effect, decision])).toEqual([
        ['lifecycle', 'approve'],
        ['access', 'approve'],
      ]);
    },
  );

  it('without a provider connects those whose variables are set when it starts', async () => {
    const folder = makeFolder();
    await initTeam(folder);
    const config = join(folder, 'mcp.config.json');
    expect(loadSettings({}, config).connections).toEqual([]);
    expect(loadSettings({ AWORK_API_KEY: 'k' }, config).connections).toHaveLength(1);
    const known = providers.flatMap(({ env }) => Object.values(env));
    expect(Object.keys(readCompose(folder).services['server']?.environment ?? {})).toEqual(
      expect.arrayContaining(known),
    );
  });

  it.each([
    ['https://users.example.com', 'https://users.example.com'],
    ['https://users.example.com/mcp', 'https://users.example.com'],
  ])('with --url %s is reached at %s', async (url, publicUrl) => {
    const folder = makeFolder();
    const { stdout } = await initTeam(folder, ['--url', url, '--json']);
    expect(loadSettings({}, join(folder, 'mcp.config.json')).http.publicUrl).toBe(publicUrl);
    expect(JSON.parse(stdout)).toMatchObject({ url: `${publicUrl}/mcp` });
  });
});

describe('nothing is written', () => {
  it.each(FILES)('where there is a %s', async (name) => {
    const folder = makeFolder();
    writeFileSync(join(folder, name), 'mine');
    const { code, stdout, stderr } = await initTeam(folder);
    expect([code, stdout, readdirSync(folder), textsOf(folder)]).toEqual([2, '', [name], ['mine']]);
    expect(stderr).toContain(`has ${name} already. Nothing was written.`);
  });

  it('where a link of such a name leads nowhere', async () => {
    const folder = makeFolder();
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'key'));
    expect((await initTeam(folder)).code).toBe(2);
    expect(readdirSync(folder)).toEqual(['key']);
    expect(lstatSync(join(folder, 'key')).isSymbolicLink()).toBe(true);
  });

  it('where a later file cannot be written: what was written is removed', async () => {
    const folder = makeFolder();
    // In blocks of 512 bytes: compose.yaml is longer, the other files are not.
    const line = 'ulimit -f 2; exec "$0" "$@"';
    const { code, stdout, stderr } = await runCommand('sh', ['-c', line, process.execPath, PROGRAM, 'init', '--team'], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '' },
    });
    expect([code, stdout, readdirSync(folder)]).toEqual([2, '', []]);
    expect(stderr).toMatch(/compose\.yaml: cannot be written \(EFBIG\)\. Nothing is left/);
  });

  it.each([
    [['--provider', 'nope'], /--provider nope/],
    [['--url', 'users.example.com'], /--url: expected scheme and host/],
    [['--url', 'https://users.example.com/elsewhere'], /--url: expected scheme and host/],
    [['--file', 'other.json'], /--file: not with --team/],
  ])('with %j', async (args, message) => {
    const folder = makeFolder();
    const { code, stdout, stderr } = await initTeam(folder, args);
    expect([code, stdout, readdirSync(folder)]).toEqual([2, '', []]);
    expect(stderr).toMatch(message);
  });
});

describe('the user of the container', () => {
  it('owns the secret files', async () => {
    const folder = makeFolder();
    await initTeam(folder);
    const { uid, gid } = statSync(join(folder, 'key'));
    expect(readCompose(folder).services['server']?.user).toBe(`${uid}:${gid}`);
  });

  it.runIf(process.getuid?.() === 0)('is not root, unless root made it, and then it says so', async () => {
    const [uid, gid] = [1234, 2345];
    const [theirs, roots] = [makeFolder(), makeFolder()];
    chownSync(theirs, uid, gid);
    const line =
      'import os, sys; os.setgroups([]); os.setgid(2345); os.setuid(1234); os.execv(sys.argv[1], sys.argv[1:])';
    const made = await runCommand('python3', ['-c', line, process.execPath, PROGRAM, 'init', '--team'], {
      cwd: theirs,
      env: { PATH: process.env['PATH'] ?? '' },
    });
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(readCompose(theirs).services['server']?.user).toBe(`${uid}:${gid}`);
    for (const name of SECRETS) expect(statSync(join(theirs, name))).toMatchObject({ uid, gid });
    expect(made.stdout).not.toContain('root');
    expect((await initTeam(roots)).stdout).toContain('You are root');
  });
});

/** A value that the setting of this variable takes. */
function valueOf(variable: string): string {
  return variable.endsWith('_URL') ? 'https://vendor.example' : '1';
}
