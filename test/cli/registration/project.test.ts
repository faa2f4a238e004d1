import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { refuseOutside } from '../../../src/cli/registration/project.ts';

function createProject(): { root: string; outside: string } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'update-user-project-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [root, outside] = [join(folder, 'project'), join(folder, 'project-outside')];
  for (const name of [root, outside]) mkdirSync(name);
  writeFileSync(join(outside, 'mcp.json'), '{}');
  return { root, outside };
}

it('a file of the project is accepted, whether it exists or not, and behind a link that stays inside', async () => {
  const { root } = createProject();
  await refuseOutside(root, join(root, '.cursor', 'mcp.json'));
  mkdirSync(join(root, 'config'));
  writeFileSync(join(root, 'config', 'mcp.json'), '{}');
  symlinkSync('config', join(root, '.cursor'));
  await refuseOutside(root, join(root, '.cursor', 'mcp.json'));
});

it('a project that is itself reached by a link is judged by where it is', async () => {
  const { root, outside } = createProject();
  symlinkSync(root, join(outside, 'link'));
  await refuseOutside(join(outside, 'link'), join(outside, 'link', '.mcp.json'));
});

it.each([
  [
    'the file',
    (root: string, outside: string) => symlinkSync(join(outside, 'mcp.json'), join(root, '.mcp.json')),
    '.mcp.json',
  ],
  ['its folder', (root: string, outside: string) => symlinkSync(outside, join(root, '.cursor')), '.cursor/mcp.json'],
  [
    'its folder, by a relative way',
    (root: string) => symlinkSync('../project-outside', join(root, '.vscode')),
    '.vscode/mcp.json',
  ],
])('%s must not be a link that leads out', async (_, prepare, file) => {
  const { root, outside } = createProject();
  prepare(root, outside);
  await expect(refuseOutside(root, join(root, file))).rejects.toThrow('is outside the project');
});

it('a link to nothing is refused, since its target could be created outside', async () => {
  const { root, outside } = createProject();
  symlinkSync(join(outside, 'new.json'), join(root, '.mcp.json'));
  await expect(refuseOutside(root, join(root, '.mcp.json'))).rejects.toThrow('which does not exist');
});
