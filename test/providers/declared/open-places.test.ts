import { expect, it } from 'vitest';
import { openPlaces, openText } from '../../../src/providers/declared/open-places.ts';

const FILE = {
  title: 'Acme?',
  hint: '?!',
  docs: openText(),
  write: { encoding: openText(), carry: [openText()], echo: { zone: openText('{}') } },
  fields: { 'a/b': { sensitivity: openText('personal'), effect: openText(), clear: 'null' } },
  readOnly: { id: openText() },
};

it('finds each open place with its path, and no text that only has a question mark in it', () => {
  expect(openPlaces(FILE).map(({ path }) => path)).toEqual([
    ['docs'],
    ['write', 'encoding'],
    ['write', 'carry', '0'],
    ['write', 'echo', 'zone'],
    ['fields', 'a/b', 'sensitivity'],
    ['fields', 'a/b', 'effect'],
    ['readOnly', 'id'],
  ]);
});

it.each([
  ['docs', /address of the vendor’s page/],
  ['write.encoding', /left out|leaves out.*"merge".*"replace"/],
  ['write.carry.0', /goes back.*"all".*pointers/],
  ['write.echo.zone', /default.*Proposed: "\{\}"\.$/],
  ['fields.a/b.sensitivity', /"public", "personal" or "secret"\. Proposed: "personal"\.$/],
  ['fields.a/b.effect', /"ordinary", "identity", "access", "lifecycle" or "secret"\.$/],
  ['readOnly.id', /who may see/],
])('says what has to be decided at %s', (place, says) => {
  const found = openPlaces(FILE).find(({ path }) => path.join('.') === place);
  expect(found?.message).toMatch(says);
});
