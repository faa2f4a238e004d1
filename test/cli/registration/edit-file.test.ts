import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSnapshot, replace } from '../../../src/cli/registration/disk.ts';
import { editFile } from '../../../src/cli/registration/edit-file.ts';

const syntax = { format: 'json', comments: true, trailingCommas: true } as const;
const addition = { servers: 'mcpServers', name: 'update-user', entry: { command: 'node' } };
const OTHER = '{\n  // mine\n  "mcpServers": { "x": { "command": "y" } }\n}\n';

function createFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'update-user-edit-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function createFile(text: string | Uint8Array = OTHER, mode = 0o644): string {
  const file = join(createFolder(), 'mcp.json');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const edit = (file: string, dryRun = false) => editFile(file, addition, { syntax, dryRun });
const isAdded = (file: string) => readFileSync(file, 'utf8').includes('"update-user"');

describe('a file', () => {
  it.each([0o644, 0o600, 0o640, 0o755])('keeps mode %o, and no other file is left beside it', async (mode) => {
    const file = createFile(OTHER, mode);
    expect(await edit(file)).toMatchObject({ kind: 'added', isNew: false });
    expect(statSync(file).mode & 0o7777).toBe(mode);
    expect(readdirSync(join(file, '..'))).toEqual(['mcp.json']);
    const before = statSync(file);
    expect(await edit(file)).toMatchObject({ kind: 'unchanged' });
    expect(statSync(file).ino).toBe(before.ino);
  });

  it('is only read where nothing is to be written', async () => {
    const file = createFile();
    expect(await edit(file, true)).toMatchObject({ kind: 'added' });
    expect(readFileSync(file, 'utf8')).toBe(OTHER);
    const missing = join(createFolder(), 'folder', 'mcp.json');
    expect(await edit(missing, true)).toMatchObject({ kind: 'added', isNew: true });
    expect(readdirSync(join(missing, '..', '..'))).toEqual([]);
  });

  it('that does not exist gets mode 0600, and its folders 0700', async () => {
    const file = join(createFolder(), 'a', 'b', 'mcp.json');
    expect(await edit(file)).toMatchObject({ kind: 'added', isNew: true });
    expect(statSync(file).mode & 0o7777).toBe(0o600);
    for (const folder of [join(file, '..'), join(file, '..', '..')]) expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it.runIf(process.getuid?.() === 0)('keeps its owner and its group', async () => {
    const file = createFile(OTHER, 0o640);
    chownSync(file, 12_345, 23_456);
    await edit(file);
    expect(statSync(file)).toMatchObject({ uid: 12_345, gid: 23_456 });
    expect([statSync(file).mode & 0o7777, isAdded(file)]).toEqual([0o640, true]);
  });

  it('keeps a byte order mark', async () => {
    const file = createFile(`\ufeff${OTHER}`);
    await edit(file);
    const text = readFileSync(file, 'utf8');
    expect([text.startsWith('\ufeff{'), text.lastIndexOf('\ufeff'), isAdded(file)]).toEqual([true, 0, true]);
  });

  it.each([
    ['absolute', (file: string) => file],
    ['relative', () => join('..', 'target', 'mcp.json')],
  ])('behind an %s link, also behind two, is changed where it is', async (_, target) => {
    const folder = createFolder();
    for (const name of ['target', 'home']) mkdirSync(join(folder, name));
    const file = join(folder, 'target', 'mcp.json');
    writeFileSync(file, OTHER);
    const [first, second] = [join(folder, 'home', 'first.json'), join(folder, 'home', 'second.json')];
    symlinkSync(target(file), first);
    symlinkSync(first, second);
    expect(await edit(second)).toMatchObject({ kind: 'added', file });
    expect([lstatSync(first).isSymbolicLink(), lstatSync(second).isSymbolicLink(), isAdded(file)]).toEqual([
      true,
      true,
      true,
    ]);
  });
});

describe('is refused and left as it is', () => {
  it.each([
    ['read-only', OTHER, 0o444, /is read-only/],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 0o644, /is not UTF-8/],
    ['broken', '{ "mcpServers": ', 0o644, /line 1, column/],
    ['nested too deeply', '['.repeat(200_000), 0o644, /nested too deeply/],
  ])('a file that is %s', async (_, text, mode, message) => {
    const file = createFile(text, mode);
    const before = statSync(file);
    await expect(edit(file)).rejects.toThrow(message);
    expect(readFileSync(file)).toEqual(Buffer.from(text));
    expect(statSync(file)).toMatchObject({ ino: before.ino, mode: before.mode, mtimeMs: before.mtimeMs });
    expect(readdirSync(join(file, '..'))).toEqual(['mcp.json']);
  });

  it('what is no regular file, a link to nothing or in a circle, and a file with two names', async () => {
    const folder = createFolder();
    mkdirSync(join(folder, 'folder'));
    await expect(edit(join(folder, 'folder'))).rejects.toThrow('is not a regular file');
    symlinkSync(join(folder, 'nothing'), join(folder, 'dangling'));
    await expect(edit(join(folder, 'dangling'))).rejects.toThrow(/is a link to .*nothing, which does not exist/);
    symlinkSync(join(folder, 'circle'), join(folder, 'circle'));
    await expect(edit(join(folder, 'circle'))).rejects.toThrow('leads back to itself');
    const file = createFile();
    linkSync(file, `${file}.backup`);
    await expect(edit(file)).rejects.toThrow('several names');
    expect(readFileSync(file, 'utf8')).toBe(OTHER);
    await expect(edit(join(file, 'mcp.json'))).rejects.toThrow('below something that is not a folder');
  });
});

describe('what another program writes between reading and replacing', () => {
  it('stays', async () => {
    const file = createFile();
    const snapshot = await readSnapshot(file);
    writeFileSync(file, '{ "theirs": 1 }');
    expect(await replace(snapshot, Buffer.from('{ "ours": 1 }'))).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('{ "theirs": 1 }');
    expect(readdirSync(join(file, '..'))).toEqual(['mcp.json']);
  });

  it('stays where there was no file before', async () => {
    const file = join(createFolder(), 'mcp.json');
    const snapshot = await readSnapshot(file);
    writeFileSync(file, '{ "theirs": 1 }');
    expect(await replace(snapshot, Buffer.from('{ "ours": 1 }'))).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('{ "theirs": 1 }');
  });

  it('is kept when many registrations are made at once', async () => {
    const file = createFile('{}');
    const names = ['a', 'b', 'c', 'd'];
    const results = await Promise.allSettled(
      names.map((name) => editFile(file, { ...addition, name }, { syntax, dryRun: false })),
    );
    const { mcpServers } = JSON.parse(readFileSync(file, 'utf8')) as { mcpServers: Record<string, unknown> };
    // The last moment before the new name cannot be guarded; whatever is there is whole and right.
    expect(Object.keys(mcpServers).length).toBeGreaterThan(0);
    for (const entry of Object.values(mcpServers)) expect(entry).toEqual(addition.entry);
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
  });
});
