import { describe, expect, it } from 'vitest';
import { distinctPeople, mayBeSamePerson, namesOfCaller } from '../../../src/approvals/identity.ts';
import { lookalikeForms, looksAlike } from '../../../src/lib/text/lookalike.ts';

/** Which names count as the same, in any spelling. */

it.each([
  ['another case', 'ann', 'Ann'],
  ['a Cyrillic letter', 'ann', '\u0430nn'],
  ['a Greek letter', 'bob', 'b\u03bfb'],
  ['a capital that looks like another alphabet’s', 'Henry', '\u041denry'],
  ['the small form of such a capital', 'henry', '\u043denry'],
  ['full width', 'ann', '\uff41\uff4e\uff4e'],
  ['a mathematical letter', 'ann', '\u{1d4b6}nn'],
  ['an accent, composed', 'jose', 'jos\u00e9'],
  ['an accent, combining', 'jos\u00e9', 'jose\u0301'],
  ['an invisible character', 'ann', 'an\u200bn'],
  ['a direction mark', 'ann', '\u202eann'],
  ['a tag character', 'ann', 'ann\u{e0041}'],
  ['a blank', 'ann lee', 'ann\u00a0\u2003lee '],
  ['no blank', 'ann lee', 'annlee'],
  ['a digit for a letter', 'bob', 'b0b'],
  ['a capital i for a small l', 'paul', 'pauI'],
  ['two letters that draw one', 'barnes', 'bames'],
  ['an expansion without case', 'stra\u00dfe', 'STRASSE'],
  ['a dotless i', 'tim', 't\u0131m'],
  ['another hyphen', 'ann-lee', 'ann\u2010lee'],
  ['case in an address', 'jane@acme.example', 'Jane@ACME.example'],
])('%s makes no other name', (_what, one, other) => {
  expect(looksAlike(one, other)).toBe(true);
  expect(looksAlike(other, one)).toBe(true);
});

it.each([
  ['ann', 'anna'],
  ['ann', 'ben'],
  ['ann1', 'ann2'],
  ['jane', 'june'],
  ['ann@acme.example', 'ann@example.com'],
  ['\u0430\u043d\u043d\u0430', '\u0430\u043b\u043b\u0430'],
  ['\u092e\u0940\u0930\u093e', '\u092e\u0940\u0930'],
  ['\u738b', '\u674e'],
])('%s and %s are two', (one, other) => {
  expect(looksAlike(one, other)).toBe(false);
});

it('an invisible name is like no other', () => {
  expect(lookalikeForms('\u200b \u202e')).toEqual(new Set());
  expect(looksAlike('\u200b', '\u200b')).toBe(false);
});

describe('a person of several names', () => {
  it('is recognized by any of them', () => {
    expect(mayBeSamePerson(['ann', 'ann@acme.example'], ['ANN@acme.example'])).toBe(true);
    expect(mayBeSamePerson(['ann', 'a-1'], ['ben', 'a-2'])).toBe(false);
    expect(mayBeSamePerson([], ['ann'])).toBe(false);
  });

  it('counts once, also if a third name links two', () => {
    const people = [['ann'], ['ben'], ['cay', 'ann', 'ben@acme.example'], ['BEN', 'Ben@acme.example'], ['dan']];
    expect(distinctPeople(people, (names) => names)).toEqual([['ann'], ['dan']]);
    expect(distinctPeople([['ann'], ['Ann'], ['ben']], (names) => names)).toEqual([['ann'], ['ben']]);
  });
});

it('an OAuth caller is also known by its subject', () => {
  expect(namesOfCaller('https://id.example#jane', ['jane@acme.example'])).toEqual([
    'https://id.example#jane',
    'jane',
    'jane@acme.example',
  ]);
  expect(namesOfCaller('nightly-sync')).toEqual(['nightly-sync']);
  expect(namesOfCaller('a#b')).toEqual(['a#b']);
  expect(namesOfCaller('approver:Ann Lee')).toEqual(['approver:Ann Lee', 'Ann Lee']);
});

it('takes time linear in the length of a name', () => {
  // Each of its characters has a look-alike or is ignored.
  const forms = lookalikeForms('\u0430\u0301\u200b'.repeat(50_000));
  expect(forms).toContain('a'.repeat(50_000));
});
