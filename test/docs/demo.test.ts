import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, readPage } from './markdown.ts';

it('the README shows what the demo prints, line by line', () => {
  const { text } = readPage('README.md');
  const excerpt = /<!-- demo:.*?-->\n```\n(.*?)\n```/s.exec(text)?.[1];
  const program = join(ROOT, 'dist', 'main.js');
  const env = { PATH: process.env['PATH'] ?? '', NO_COLOR: '1' };
  const output = execFileSync(process.execPath, [program, 'demo'], { encoding: 'utf8', env });
  expect(excerpt).toBeDefined();
  expect(output.replaceAll(/^ {3}/gm, '')).toContain(excerpt);
});
