import { expect, it } from 'vitest';
import { src } from '../support/sources/find.ts';
import { declarations } from '../support/sources/types.ts';

it('every type name is declared once, exported or not', () => {
  const places = new Map<string, string[]>();
  for (const { name, path, line } of src.flatMap(declarations)) {
    places.set(name, [...(places.get(name) ?? []), `${path}:${line}`]);
  }
  expect(places.size).toBeGreaterThan(200);
  expect(
    [...places].filter(([, found]) => found.length > 1).map(([name, found]) => `${name}: ${found.join(', ')}`),
  ).toEqual([]);
});
