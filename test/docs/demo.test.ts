import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ROOT, readPage } from '../support/text/markdown.ts';

it('the README shows what the demo prints, line by line', () => {
  const { text } = readPage('README.md');
  const excerpt = /<!-- demo:.*?-->\n```\n(.*?)\n```/s.exec(text)?.[1];
  const program = join(ROOT, 'dist', 'main.js');
  const env = { PATH: process.env['PATH'] ?? '', NO_COLOR: '1' };
  const output = execFileSync(process.execPath, [program, 'demo'], { encoding: 'utf8', env });
  expect(excerpt).toBeDefined();
  expect(output.replaceAll(/^ {3}/gm, '')).toContain(excerpt);
});

it('building, which the demo begins with, prints nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'update-user-build-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const args = [join('scripts', 'build.mjs'), '.rolldown.config.mjs', '--dir', folder];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
});
