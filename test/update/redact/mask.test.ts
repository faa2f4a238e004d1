import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/lib/json/json-value.ts';
import { mask } from '../../../src/update/redact/mask.ts';

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

  it('keeps the structure of a composite value, and masks each leaf', () => {
    const value = { city: 'Paris', list: ['a', 'bc', { deep: 'secret', empty: null }], flag: true, none: {} };
    expect(mask(value)).toEqual({
      city: 'P•••',
      list: ['•••', 'b•••', { deep: 's•••', empty: null }],
      flag: '•••',
      none: {},
    });
  });

  it.each(['constructor', 'toString', '__proto__'])('keeps the key %s', (key) => {
    const value = Object.fromEntries([[key, 'private']]);
    expect(JSON.stringify(mask(value))).toBe(JSON.stringify(Object.fromEntries([[key, 'p•••']])));
  });

  it('does not reveal its length', () => {
    expect(mask('J'.repeat(100))).toBe(mask('Jane'));
  });
});
