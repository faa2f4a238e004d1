import { dirname } from 'node:path/posix';
import { expect, it } from 'vitest';
import { src, tests } from '../support/sources/find.ts';

const MAX_LINES = 250;
const MAX_MEDIAN = 100;
const MAX_FILES = 15;

const sizes = src.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));

it(`no file is longer than ${MAX_LINES} lines`, () => {
  expect(sizes.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
});

it(`half of the files have ${MAX_MEDIAN} lines at most`, () => {
  const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(MAX_MEDIAN);
});

it(`no folder holds more than ${MAX_FILES} files`, () => {
  const folders = new Map<string, number>();
  for (const { path } of [...src, ...tests]) folders.set(dirname(path), (folders.get(dirname(path)) ?? 0) + 1);
  expect([...folders].filter(([, files]) => files > MAX_FILES)).toEqual([]);
});
