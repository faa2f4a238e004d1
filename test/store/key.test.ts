import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadKey } from '../../src/store/key.ts';

const key = Buffer.from('fbff'.repeat(16), 'hex');

describe('a configured key', () => {
  it.each([
    ['hex', key.toString('hex')],
    ['hex in capitals', key.toString('hex').toUpperCase()],
    ['base64', key.toString('base64')],
    ['base64 without padding', key.toString('base64').replace('=', '')],
    ['base64url', key.toString('base64url')],
    ['base64url with padding', `${key.toString('base64url')}=`],
    ['with a line end', `${key.toString('base64')}\n`],
  ])('is read as %s', async (_, configured) => {
    expect(Buffer.from(await loadKey({ configured }))).toEqual(key);
  });

  it.each([
    ['nothing', ''],
    ['a word', 'correct horse battery staple'],
    ['31 bytes', key.subarray(1).toString('base64')],
    ['33 bytes', Buffer.concat([key, Buffer.of(1)]).toString('base64')],
    ['63 hex digits', key.toString('hex').slice(1)],
    ['a stray character', key.toString('base64').replace('v', '*')],
    ['both alphabets', `${key.toString('base64').slice(0, 20)}_${key.toString('base64').slice(21)}`],
    ['loose last bits', `${key.toString('base64').slice(0, 42)}9=`],
  ])('is refused as %s, without being printed', async (_, configured) => {
    const message = await loadKey({ configured }).then(String, String);
    expect(message).toBe(
      'Error: UPDATE_USER_KEY is not a key: expected 32 bytes as 64 hex digits, or as base64 or base64url.',
    );
  });

  it('wins over a file, and one of the two is needed', async () => {
    const configured = key.toString('hex');
    expect(Buffer.from(await loadKey({ configured, file: join(tmpdir(), 'no', 'such', 'file') }))).toEqual(key);
    await expect(loadKey({})).rejects.toThrow('set UPDATE_USER_KEY');
  });
});

describe('a key file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'key-'));
    file = join(folder, 'state', 'key');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is created private and found again', async () => {
    const made = await loadKey({ file });
    expect(made).toHaveLength(32);
    expect(await loadKey({ file })).toEqual(made);
    expect(await readdir(join(folder, 'state'))).toEqual(['key']);
    if (process.platform === 'win32') return;
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
    expect(((await stat(join(folder, 'state'))).mode & 0o777).toString(8)).toBe('700');
  });

  it('is the same for all processes that create it at once', async () => {
    const keys = await Promise.all(Array.from({ length: 40 }, () => loadKey({ file })));
    expect(new Set(keys.map((bytes) => Buffer.from(bytes).toString('hex'))).size).toBe(1);
    expect(await readdir(join(folder, 'state'))).toEqual(['key']);
  });

  it.skipIf(process.platform === 'win32').each([0o640, 0o604, 0o660])('is refused with mode %o', async (mode) => {
    await loadKey({ file });
    await chmod(file, mode);
    await expect(loadKey({ file })).rejects.toThrow(`chmod 600 ${file}`);
  });

  it('is refused when it holds no key, and neither printed nor replaced', async () => {
    await loadKey({ file });
    const text = randomBytes(20).toString('hex');
    await writeFile(file, text);
    const message = await loadKey({ file }).then(String, String);
    expect(message).toContain('holds no key');
    expect(message).not.toContain(text);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('is refused when it is a folder, or a link to nothing', async () => {
    await expect(loadKey({ file: folder })).rejects.toThrow(/is not a file|cannot be read/);
    await symlink(join(folder, 'nothing'), join(folder, 'link'));
    await expect(loadKey({ file: join(folder, 'link') })).rejects.toThrow('vanished');
  });
});
