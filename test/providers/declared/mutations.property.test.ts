import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRESETS, readPreset } from '../../../src/providers/presets/index.ts';
import { type FileObject, faultsOf, validFile, withValue } from '../../support/declared/file.ts';

/** Whatever place of a valid file is changed: without a decision, or with something unknown, it is refused. */

const files: [string, FileObject][] = [
  ['a small file', validFile()],
  ...(await Promise.all(
    PRESETS.map(
      async (name): Promise<[string, FileObject]> => [name, structuredClone(await readPreset(name)) as FileObject],
    ),
  )),
];

/** Maps, whose keys are names; every other object of the format is closed. */
const MAPS =
  /^\/(?:settings|fields|openFields|readOnly|headers|auth\/headers|example\/set|statusHints)$|\/(?:query|headers|when|where|is|contains|echo|fillsIn|keys)$|^\/example\/set\/|\/default(?:\/|$)/;

type Place = { path: (string | number)[]; value: unknown };

function placesIn(value: unknown, path: (string | number)[] = []): Place[] {
  const inner = Array.isArray(value)
    ? value.flatMap((entry, index) => placesIn(entry, [...path, index]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, member]) => placesIn(member, [...path, key]))
      : [];
  return [{ path, value }, ...inner];
}

const pointerOf = (path: readonly (string | number)[]) => path.map((key) => `/${key}`).join('');
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

describe.each(files)('%s', (_, file) => {
  const places = placesIn(file);
  const closed = places.filter(({ path, value }) => isObject(value) && !MAPS.test(pointerOf(path)));
  const decisions = places.filter(({ path }) => {
    const [section, , key] = path;
    return (
      path.length === 3 &&
      (section === 'fields' || section === 'openFields') &&
      (key === 'sensitivity' || key === 'effect')
    );
  });

  it('has the places that are changed here', () => {
    expect(closed.length).toBeGreaterThan(10);
    expect(decisions.length).toBeGreaterThan(5);
  });

  it('is refused without any one sensitivity or effect, and with none that is known', () => {
    for (const { path } of decisions) {
      expect(faultsOf(withValue(file, path, undefined))).toContain(`${pointerOf(path)}: is missing`);
      for (const other of [null, '', 'PUBLIC', 0, [], {}, '?'])
        expect(faultsOf(withValue(file, path, other)), pointerOf(path)).not.toEqual([]);
    }
  });

  it('is refused with an unknown key in any object', () => {
    fc.assert(
      fc.property(fc.constantFrom(...closed), fc.stringMatching(/^x[A-Za-z_]{3,12}$/), ({ path }, key) => {
        const pointer = pointerOf([...path, key]);
        expect(faultsOf(withValue(file, [...path, key], 'x'))).toContainEqual(
          expect.stringContaining(pointer.split('/').at(-1) ?? ''),
        );
      }),
      { numRuns: 80 },
    );
  });

  it('is refused, or means the same, whatever stands at any place', () => {
    const junk = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        true,
        -1,
        1e308,
        '',
        ' ',
        '{',
        '{token}',
        '{userId}',
        '../..',
        '/__proto__',
        'a\r\nb',
        [],
        {},
        [[]],
      ),
      fc.jsonValue({ maxDepth: 2 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...places.filter(({ path }) => path.length > 0)), junk, ({ path }, value) => {
        // Throws for nothing, and never takes a credential or a line break into an address or a header.
        const changed = withValue(file, path, value);
        if (faultsOf(changed).length > 0) return;
        // The value of a parameter is percent-encoded, whatever it is.
        const parts = ['baseUrl', 'headers', 'read', 'write', 'find', 'probe'].map((key) => changed[key]);
        const sent = JSON.stringify(parts, (key, part: unknown) => (key === 'query' ? undefined : part));
        expect(sent).not.toMatch(/\\[rn]|\.\.\//);
      }),
      { numRuns: 150, seed: 20261123 },
    );
  });
});
