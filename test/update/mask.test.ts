import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/providers/provider.ts';
import { mask, SECRET } from '../../src/update/mask.ts';
import { viewRecord, viewValue } from '../../src/update/view.ts';
import { providerOf } from './requests.ts';

describe('a masked value', () => {
  it.each<[Json | undefined, Json]>([
    ['jane.doe@acme.com', 'j•••@acme.com'],
    ['j@acme.com', 'j•••@acme.com'],
    ['jane@localhost', 'j•••'],
    ['jane doe@acme.com', 'j•••'],
    ['a@b@acme.com', 'a•••'],
    ['Jane', 'J•••'],
    ['Ö', '•••'],
    ['💣', '•••'],
    ['💣x', '💣•••'],
    ['美咲', '美•••'],
    ['1988-04-19', '1•••-••-••'],
    ['1988-04-19T00:00:00Z', '1•••-••-••'],
    ['+1 415 555 0101', '+•••'],
    [' ', '•••'],
    ['', ''],
    [null, null],
    [undefined, null],
    [true, '•••'],
    [false, '•••'],
    [7, '•••'],
    [42, '4•••'],
    [-1.5, '-•••'],
    [9_223_372_036_854_775_807n, '9•••'],
  ])('%s is shown as %s', (value, shown) => {
    expect(mask(value)).toEqual(shown);
  });

  it('keeps its structure, and nothing of what is in it', () => {
    const value = { city: 'Paris', list: ['a', 'bc', { deep: 'secret', empty: null }], flag: true, none: {} };
    expect(mask(value)).toEqual({
      city: 'P•••',
      list: ['•••', 'b•••', { deep: 's•••', empty: null }],
      flag: '•••',
      none: {},
    });
  });

  it('shows the parts that are known to be harmless, wherever they stand', () => {
    const parts = { type: 'public', primary: 'public' } as const;
    const emails = [{ value: 'jane@acme.com', type: 'work', primary: true, display: 'Jane' }];
    expect(mask(emails, parts)).toEqual([{ value: 'j•••@acme.com', type: 'work', primary: true, display: 'J•••' }]);
  });

  it.each(['constructor', 'toString', '__proto__'])('does not take the key %s for a harmless part', (key) => {
    const value = Object.fromEntries([[key, 'private']]);
    expect(JSON.stringify(mask(value, {}))).toBe(JSON.stringify(Object.fromEntries([[key, 'p•••']])));
  });

  it('does not show how long it is', () => {
    expect(mask('J'.repeat(100))).toBe(mask('Jane'));
  });
});

describe('what is shown of an attribute', () => {
  const nobody = { relaxed: [] };
  const atomicwork = providerOf('atomicwork');
  const atlassian = providerOf('atlassian');

  it.each(['model', 'person', 'record'] as const)('is never a secret, to the %s', (audience) => {
    for (const value of ['hunter2', '', null, undefined, 7, { a: 1 }]) {
      expect(viewValue(atomicwork, 'password', value, audience, { relaxed: ['model', 'record', 'person'] })).toBe(
        SECRET,
      );
    }
  });

  it.each(['model', 'person', 'record'] as const)('is nothing that no document names, to the %s', (audience) => {
    for (const name of ['badge', 'constructor', '__proto__', 'toString']) {
      expect(viewValue(atlassian, name, 'x', audience, { relaxed: ['model', 'record', 'person'] })).toBe(SECRET);
    }
  });

  it('is in clear what is public, and what is personal only to the person asked', () => {
    const shown = (name: string, audience: 'model' | 'person' | 'record') =>
      viewValue(atomicwork, name, 'Value', audience, nobody);
    expect([shown('title', 'model'), shown('title', 'person'), shown('title', 'record')]).toEqual(
      Array(3).fill('Value'),
    );
    expect(shown('city', 'person')).toBe('Value');
    expect([shown('city', 'model'), shown('city', 'record')]).toEqual(['V•••', 'V•••']);
  });

  it('is in clear to whom the operator relaxed it, and to nobody else', () => {
    const shown = (audience: 'model' | 'record') =>
      viewValue(atomicwork, 'city', 'Paris', audience, { relaxed: ['record'] });
    expect([shown('model'), shown('record')]).toEqual(['P•••', 'Paris']);
  });

  it('is of an extension with known and unknown parts only the known ones', () => {
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    const record = { [enterprise]: { department: 'Sales', employeeNumber: '4711', manager: { displayName: 'Max' } } };
    expect(viewRecord(atlassian, record, 'model', nobody)).toEqual({
      [enterprise]: { department: 'Sales', employeeNumber: SECRET, manager: SECRET },
    });
  });
});
