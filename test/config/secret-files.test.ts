import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { interpolate } from '../../src/config/interpolate.ts';
import { loadKey } from '../../src/store/key.ts';
import { runNode, runProgram } from '../support/program/run-program.ts';
import { PROGRAM } from '../support/program/stdio-server.ts';

/** Secret files as systemd, Docker, Kubernetes and people create them. Most tests need root, to give files away. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

const OTHER = 4711;
const asRoot = it.skipIf(process.getuid?.() !== 0);
const TEXT = 'sk-very-secret-0815';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'update-user-secrets-'));
  chmodSync(dir, 0o755);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

interface Made {
  name?: string;
  mode?: number;
  uid?: number;
  gid?: number;
  text?: string | Uint8Array;
}

function make({ name = 'token', mode = 0o600, uid, gid, text = `${TEXT}\n` }: Made, folder = dir): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  if (uid !== undefined || gid !== undefined) chownSync(path, uid ?? 0, gid ?? 0);
  chmodSync(path, mode);
  return path;
}

const read = (path: string, env: NodeJS.ProcessEnv = {}) =>
  interpolate({ token: `\${file:${path}}` }, env, new Set()) as { token: string };
const refusal = (path: string, env: NodeJS.ProcessEnv = {}) => {
  try {
    read(path, env);
  } catch (error) {
    const message = String(error);
    expect(message).not.toContain(TEXT);
    return message;
  }
  throw new Error('the file was accepted');
};

describe('outside a folder of credentials', () => {
  asRoot('a file of another user is refused, with the commands that fix it', () => {
    const path = make({ uid: OTHER });
    expect(refusal(path)).toContain(
      `token: ${path} belongs to another user (uid ${OTHER}); run: chown 0 ${path} && chmod 600`,
    );
  });

  asRoot('mode 0440 is accepted with a group of the process, as Kubernetes sets it with fsGroup', () => {
    expect(read(make({ mode: 0o440, gid: process.getegid?.() ?? 0 })).token).toBe(TEXT);
    expect(refusal(make({ mode: 0o440, gid: OTHER }))).toMatch(/can be read by others; run: chmod 600/);
  });

  it.each(['444', '640', '460', '644', '622', '606', '620'])('mode %s is refused', (octal) => {
    const mode = Number.parseInt(octal, 8);
    expect(refusal(make({ mode }))).toMatch(/can be (read|written) by others; run: chmod 600/);
  });

  it.each(['400', '600', '700'])('mode %s is accepted', (octal) => {
    const mode = Number.parseInt(octal, 8);
    expect(read(make({ mode })).token).toBe(TEXT);
  });

  it('a link is judged by its target', () => {
    const target = make({ mode: 0o644 });
    symlinkSync(target, join(dir, 'link'));
    expect(refusal(join(dir, 'link'))).toContain('can be read by others');
    chmodSync(target, 0o600);
    expect(read(join(dir, 'link')).token).toBe(TEXT);
  });

  it('a path is quoted for the shell', () => {
    expect(refusal(make({ name: "my token's file", mode: 0o644 }))).toContain(`'${dir}/my token'\\''s file'`);
  });

  it('a named pipe without a writer does not block the start', () => {
    execFileSync('mkfifo', ['-m', '600', join(dir, 'pipe')]);
    expect(refusal(join(dir, 'pipe'))).toContain('is not a file');
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['an empty file', ' \n', /is empty/],
    ['UTF-16, as PowerShell saves it', Buffer.from(`\ufeff${TEXT}`, 'utf16le'), /is not UTF-8/],
    ['Latin-1', Buffer.from('geheim-ü', 'latin1'), /is not UTF-8/],
    ['a placeholder', '${AWORK_API_KEY}', /AWORK_API_KEY/],
    ['a file longer than any secret', 'x'.repeat(70_000), /no secret/],
  ])('%s is refused', (_, text, message) => {
    expect(refusal(make({ text }))).toMatch(message);
  });
});

describe('in $CREDENTIALS_DIRECTORY, as systemd creates it', () => {
  const place = (made: Made = {}) => make({ mode: 0o440, uid: OTHER, gid: OTHER, ...made }, join(dir, 'unit'));
  const env = () => ({ CREDENTIALS_DIRECTORY: join(dir, 'unit') });

  asRoot.each(['400', '440', '444'])('mode %s is accepted, whatever the owner', (octal) => {
    const mode = Number.parseInt(octal, 8);
    expect(read(place({ mode }), env()).token).toBe(TEXT);
  });

  asRoot('folders and files whose names begin with dots are inside', () => {
    expect(read(place({ name: '..2026_11_27/..token' }), env()).token).toBe(TEXT);
  });

  asRoot('a file that others can write is refused there, too', () => {
    expect(refusal(place({ mode: 0o664 }), env())).toMatch(/can be written by others; run: chmod go-w/);
  });

  asRoot('a link into the folder counts, and a link out of it does not', () => {
    symlinkSync(place(), join(dir, 'in'));
    expect(read(join(dir, 'in'), env()).token).toBe(TEXT);
    symlinkSync(make({ mode: 0o444 }), join(dir, 'unit', 'out'));
    expect(refusal(join(dir, 'unit', 'out'), env())).toContain('can be read by others');
  });

  asRoot('a path with ".." does not count as inside, nor does a folder with the same prefix', () => {
    place();
    expect(refusal(`${dir}/unit/../unit/token`, env())).toContain('belongs to another user');
    expect(refusal(make({ mode: 0o444, name: 'unit-2/token' }), env())).toContain('can be read by others');
  });

  asRoot('a relative folder, or one of another user, does not count', () => {
    const path = place();
    const relativePath = relative(process.cwd(), join(dir, 'unit'));
    expect(refusal(path, { CREDENTIALS_DIRECTORY: relativePath })).toContain('belongs to another user');
    chownSync(join(dir, 'unit'), OTHER, OTHER);
    expect(refusal(path, env())).toContain('belongs to another user');
  });
});

describe('in /run/secrets, as Docker and Kubernetes create it', () => {
  /** A new folder in /run/secrets. Everything that did not exist before is removed again. */
  function folder(): string {
    const isNew = !existsSync('/run/secrets');
    mkdirSync('/run/secrets', { recursive: true });
    const own = mkdtempSync('/run/secrets/update-user-test-');
    onTestFinished(() => {
      rmSync(own, { recursive: true, force: true });
      if (isNew) rmdirSync('/run/secrets');
    });
    return own;
  }

  asRoot('mode 0444 is accepted, whatever the owner, by both names of the folder', () => {
    const path = make({ mode: 0o444, uid: OTHER }, folder());
    expect(read(path).token).toBe(TEXT);
    expect(read(`/var${path}`).token).toBe(TEXT);
  });

  asRoot('the links that Kubernetes swaps are followed', () => {
    const own = folder();
    make({ name: '..2026_11_27_01/token', mode: 0o644 }, own);
    symlinkSync('..2026_11_27_01', join(own, '..data'));
    symlinkSync('..data/token', join(own, 'token'));
    expect(read(join(own, 'token')).token).toBe(TEXT);
  });

  asRoot('a link out of the folder is judged by its target', () => {
    const own = folder();
    symlinkSync(make({ mode: 0o444 }), join(own, 'token'));
    expect(refusal(join(own, 'token'))).toContain('can be read by others');
  });
});

describe('a key file', () => {
  const KEY = Buffer.alloc(32, 7).toString('base64');

  asRoot.each<[string, Made, RegExp]>([
    ['of another user', { uid: OTHER }, /belongs to another user \(uid 4711\); run: chown 0 \S+ && chmod 600 /],
    ['that others can write', { mode: 0o666 }, /can be written by others; run: chmod 600 /],
    ['that its group can write', { mode: 0o620 }, /can be written by others; run: chmod 600 /],
  ])('%s stops the start, of a server too', async (_, made, message) => {
    const file = make({ text: KEY, name: 'changes.db.key', ...made });
    const env = { HOME: dir, UPDATE_USER_STORE: join(dir, 'changes.db') };
    for (const args of [['stdio'], ['http', '--port', '0'], ['changes', 'list']]) {
      const { code, stdout, stderr } = await runProgram(args, env);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(message);
      expect(stderr).toContain(file);
    }
    await expect(loadKey({ file })).rejects.toThrow(/Fix it with: .*chmod 600/);
    // With a configured key the file is not read.
    expect((await runProgram(['changes', 'list'], { ...env, UPDATE_USER_KEY: KEY })).code).toBe(0);
  });
});

it.each(['666', '662', '660'])(
  'a store file of mode %s stops the start, with the command that fixes it',
  async (octal) => {
    const file = join(dir, "jane's changes.db");
    const env = { HOME: dir, UPDATE_USER_STORE: file };
    expect((await runProgram(['changes', 'list'], env)).code).toBe(0);
    chmodSync(file, Number.parseInt(octal, 8));
    for (const args of [['stdio'], ['http', '--port', '0'], ['doctor'], ['changes', 'verify']]) {
      const { code, stdout, stderr } = await runProgram(args, env);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(
        `The store file ${file} can be written by others; run: chmod 600 '${dir}/jane'\\''s changes.db'`,
      );
    }
    chmodSync(file, 0o644);
    expect((await runProgram(['changes', 'list'], env)).code).toBe(0);
  },
);

it('a store that others can alter or replace stops the start, too', async () => {
  const file = join(dir, 'store', 'changes.db');
  const env = { HOME: dir, UPDATE_USER_STORE: file };
  const list = () => runProgram(['changes', 'list'], env);
  expect((await list()).code).toBe(0);
  writeFileSync(`${file}-wal`, '');
  chmodSync(`${file}-wal`, 0o666);
  expect(await list()).toMatchObject({ code: 2, stderr: expect.stringContaining(`run: chmod 600 ${file}-wal`) });
  chmodSync(`${file}-wal`, 0o600);
  chmodSync(dirname(file), 0o777);
  expect(await list()).toMatchObject({ code: 2, stderr: expect.stringContaining(`run: chmod o-w ${dirname(file)}`) });
  chmodSync(dirname(file), 0o1777);
  expect((await list()).code).toBe(0);
});

describe('a process without privileges', () => {
  /** Runs the program as that user: it starts as root, and drops root before anything of ours is read. */
  function runAs(groups: readonly number[], env: Record<string, string>) {
    cpSync(dirname(PROGRAM), join(dir, 'dist'), { recursive: true });
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
    const main = join(dir, 'dist', 'main.js');
    const script = `process.setgroups(${JSON.stringify(groups)}); process.setgid(${OTHER}); process.setuid(${OTHER});
      process.argv = [process.execPath, ${JSON.stringify(main)}, 'changes', 'list']; import(${JSON.stringify(main)});`;
    return runNode(['-e', script], { HOME: dir, UPDATE_USER_STORE: 'memory', ...env });
  }
  const configured = (path: string) => {
    writeFileSync(
      join(dir, 'mcp.config.json'),
      JSON.stringify({ connections: { awork: { provider: 'awork', apiKey: `\${file:${path}}` } } }),
    );
    return { UPDATE_USER_CONFIG: join(dir, 'mcp.config.json') };
  };

  asRoot('reads a file of root with mode 0440 through one of its other groups only', async () => {
    const env = configured(make({ mode: 0o440, gid: 815 }));
    expect(await runAs([815], env)).toMatchObject({ code: 0, stderr: '' });
    expect(await runAs([], env)).toMatchObject({ code: 2, stderr: expect.stringContaining('EACCES') });
  });

  asRoot('reads a volume of Kubernetes through its links, with the group that fsGroup sets', async () => {
    const volume = join(dir, 'volume');
    make({ name: '..2026_11_27_01/token', mode: 0o440, gid: 815 }, volume);
    symlinkSync('..2026_11_27_01', join(volume, '..data'));
    symlinkSync('..data/token', join(volume, 'token'));
    const env = configured(join(volume, 'token'));
    expect(await runAs([815], env)).toMatchObject({ code: 0, stderr: '' });
    // A later version of the secret: another folder, and a new target of the one link.
    make({ name: '..2026_11_28_01/token', mode: 0o444, gid: 815 }, volume);
    symlinkSync('..2026_11_28_01', join(volume, '..data_tmp'));
    renameSync(join(volume, '..data_tmp'), join(volume, '..data'));
    expect(await runAs([815], env)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('can be read by others'),
    });
  });

  asRoot('accepts a file of its own, and none of a third user', async () => {
    expect(await runAs([], configured(make({ uid: OTHER })))).toMatchObject({ code: 0 });
    const third = await runAs([815], configured(make({ uid: OTHER + 1, gid: 815, mode: 0o440 })));
    expect(third).toMatchObject({ code: 2, stderr: expect.stringContaining('belongs to another user (uid 4712)') });
  });
});
