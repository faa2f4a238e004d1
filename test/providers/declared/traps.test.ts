import { describe, expect, it } from 'vitest';
import { checkProviderFile } from '../../../src/providers/declared/check.ts';
import { trapsIn, writtenDefaults } from '../../../src/providers/declared/traps.ts';
import { validFile, withValue } from '../../support/declared/file.ts';

/** What a valid file may say without meaning it. Each trap is one change of a file that has none. */

type Change = readonly [path: readonly (string | number)[], value: unknown];

function trapsAfter(...changes: readonly Change[]): string[] {
  const file = changes.reduce((changed, [path, value]) => withValue(changed, path, value), validFile());
  const checked = checkProviderFile(file);
  if (!checked.ok) throw new Error(checked.faults.map(({ pointer, message }) => `${pointer}: ${message}`).join('\n'));
  return trapsIn(checked.file).map(({ pointer, message }) => `${pointer}: ${message}`);
}

const field = { type: 'text', sensitivity: 'public', effect: 'ordinary' };
/** `merge` with everything at the top, where it is no trap by itself. */
const flat: readonly Change[] = [
  [['write', 'encoding'], 'merge'],
  [['fields', 'title', 'pointer'], undefined],
  [['fields', 'email', 'pointer'], '/email'],
  [['emails'], ['/email']],
  [['openFields', 'custom', 'pointer'], '/profile'],
];

it('the file that is changed here has no trap', () => {
  expect(trapsAfter()).toEqual([]);
  expect(trapsAfter(...flat)).toEqual([]);
});

describe.each<[string, readonly Change[], string]>([
  ['a default with merge', [...flat, [['fields', 'title', 'default'], 'x']], '/fields/title/default: the vendor may'],
  ['a default of null', [...flat, [['fields', 'title', 'default'], null]], '/fields/title/default: the vendor may'],
  [
    'a default with replace',
    [
      [['write', 'encoding'], 'replace'],
      [['write', 'carry'], 'all'],
      [['fields', 'title', 'default'], 'x'],
    ],
    '/fields/title/default: the vendor may',
  ],
  [
    'replace with a field that is never shown',
    [
      [['write', 'encoding'], 'replace'],
      [['write', 'carry'], 'all'],
      [['fields', 'note'], { ...field, readback: false }],
    ],
    '/fields/note/readback: ',
  ],
  [
    'a carry that leaves out a field',
    [
      [['write', 'encoding'], 'replace'],
      [
        ['write', 'carry'],
        ['/profile', '/address', '/roles'],
      ],
    ],
    '/fields/level: is not among what write/carry sends back',
  ],
  ['a password that is not secret', [[['fields', 'password'], field]], '/fields/password: is named like a credential'],
  ['a key that is shown', [[['readOnly', 'api_key'], 'public']], '/readOnly/api_key: is named like a credential'],
  [
    'an id that would be rounded',
    [[['fields', 'team_id'], { ...field, type: 'integer' }]],
    '/fields/team_id/type: is an id, and would be rounded',
  ],
  [
    'a query without quotes',
    [[['find', 0, 'quote'], undefined]],
    '/find/0/query/filter: {query} stands in a larger text',
  ],
  [
    'a part of an object with merge',
    [...flat, [['fields', 'nick'], { ...field, pointer: '/names/nick' }]],
    '/fields/nick/pointer: merge sends /names with this part alone',
  ],
  [
    'an open set with something read-only in it, sent whole',
    [...flat, [['readOnly', 'origin'], { pointer: '/profile/origin', sensitivity: 'public' }]],
    '/openFields/custom: merge sends it whole without origin',
  ],
])('%s', (_, changes, trap) => {
  it('is named at its pointer', () => {
    expect(trapsAfter(...changes)).toContainEqual(expect.stringContaining(trap));
  });
});

describe('a default that is sent along', () => {
  it.each(['echo', 'fillsIn'])('by write/%s is no trap', (key) => {
    const replaces: readonly Change[] = [
      [['write', 'encoding'], 'replace'],
      [['write', 'carry'], 'all'],
    ];
    const sent = key === 'echo' ? { level: {} } : { level: 1 };
    const start = key === 'echo' ? flat : replaces;
    expect(trapsAfter(...start, [['fields', 'level', 'default'], 1], [['write', key], sent])).toEqual([]);
  });

  it('is a trap while it is undecided, whatever else the file has', () => {
    const undecided = { write: { echo: { a: '? {}' } }, fields: { a: { default: 1 }, b: 7, c: null } };
    expect(writtenDefaults(undecided).map(({ pointer }) => pointer)).toEqual(['/fields/a/default']);
    for (const content of [null, [], 'x', { fields: [] }, { fields: { a: { default: 1 } }, write: 3 }])
      expect(() => writtenDefaults(content)).not.toThrow();
  });
});
