import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { configSchema } from '../../src/config/schema.ts';
import { NEXT } from '../../src/update/results/next-steps.ts';
import { OUTCOMES } from '../../src/update/types.ts';
import { src } from '../support/sources/find.ts';
import { anchorsOf, firstColumn, ROOT, readPage, readPages, sectionOf } from '../support/text/markdown.ts';

/** What the documentation lists, held against the code. */

const pages = readPages();

it('docs/errors.md describes every error code and no other', () => {
  const { text } = readPage('docs/errors.md');
  const described = [...text.matchAll(/^## `(\w+)`$/gm)].map(([, code = '']) => code);
  // `NEXT` has an entry for each member of `ErrorCode`, or it does not compile.
  expect(described.toSorted()).toEqual(Object.keys(NEXT).toSorted());
  expect(described).toEqual(described.toSorted());
  for (const section of text.split(/^## `/m).slice(1)) {
    for (const part of ['Outcome', 'Meaning', 'Remedy']) expect(section).toContain(`* **${part}**: `);
  }
});

it('docs/tools.md describes every outcome', () => {
  expect(
    firstColumn('docs/tools.md', 'Results').filter((name) => (OUTCOMES as readonly string[]).includes(name)),
  ).toEqual([...OUTCOMES]);
});

it('docs/operating.md describes every metric', () => {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(ROOT, 'src', name), 'utf8'));
  const metrics = sources.flatMap((text) => [...text.matchAll(/'(update_user_[a-z_]+)'/g)].map(([, name]) => name));
  expect(firstColumn('docs/operating.md', 'Metrics').toSorted()).toEqual(metrics.toSorted());
});

it('docs/operating.md quotes messages that the server logs', () => {
  const spans = [...sectionOf('docs/operating.md', 'Logs').matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
  const quoted = spans.filter((text) => text.includes(' '));
  expect(quoted.length).toBeGreaterThan(1);
  expect(quoted.filter((text) => !src.some((source) => source.text.includes(`'${text}'`)))).toEqual([]);
});

it('docs/architecture.md describes every folder of src/', () => {
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const expected = folders.map(({ name }) => `src/${name}`);
  expect(firstColumn('docs/architecture.md', 'Folders').toSorted()).toEqual(expected.toSorted());
});

it('docs/architecture.md names at most 30 files that lead from a call to the vendor and back', () => {
  const path = [
    ...sectionOf('docs/architecture.md', 'From `tools/call` to the vendor and back').matchAll(/`(src\/[^`]+)`/g),
  ];
  const named = path.map(([, file = '']) => file);
  expect(new Set(named).size).toBe(named.length);
  expect(named.length).toBeGreaterThan(20);
  expect(named.length).toBeLessThanOrEqual(30);
  const imported = new Set(
    src.filter((source) => named.includes(source.path)).flatMap((source) => source.imports.map(({ of }) => of)),
  );
  const entries = ['src/app.ts', 'src/server/stdio.ts'];
  expect(named.filter((file) => !entries.includes(file) && !imported.has(file))).toEqual([]);
});

describe('code blocks in JSON', () => {
  const blocks = pages.flatMap(({ path, blocks: all }) =>
    all.filter(({ language }) => language === 'json').map(({ text }, nth) => ({ name: `${path} ${nth + 1}`, text })),
  );
  const sections = Object.keys(configSchema().shape);

  it.each(blocks)('$name is JSON, and a valid configuration where it is one', ({ text }) => {
    const parsed = JSON.parse(text) as Record<string, unknown>;
    if (!Object.keys(parsed).every((key) => sections.includes(key))) return;
    const result = configSchema().safeParse(parsed);
    expect(result.error && z.prettifyError(result.error)).toBeUndefined();
  });

  it('some of them are configurations', () => {
    expect(blocks.filter(({ text }) => text.includes('"policy"')).length).toBeGreaterThan(1);
  });
});

it('the README has at most 250 lines', () => {
  expect(readPage('README.md').text.split('\n').length).toBeLessThanOrEqual(250);
});

it('every page begins with its one title', () => {
  for (const { path, text } of pages) {
    expect(text, path).toMatch(/^# \S/);
    expect(text.replaceAll(/^ *```.*?^ *```$/gms, '').match(/^# /gm), path).toHaveLength(1);
  }
});

it('no page has two headings of one anchor', () => {
  for (const page of pages.filter(({ path }) => path !== 'CHANGELOG.md')) {
    const headings = page.text.replaceAll(/^ *```.*?^ *```$/gms, '').match(/^#{1,6} .+$/gm) ?? [];
    expect(anchorsOf(page).size, page.path).toBe(headings.length);
  }
});
