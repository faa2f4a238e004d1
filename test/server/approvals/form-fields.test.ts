import { describe, expect, it } from 'vitest';
import { parseForm } from '../../../src/server/approvals/form-fields.ts';

describe('form fields', () => {
  it.each([
    ['', {}],
    ['a=1&b=two+words&c=%C3%A4%26&d&=', { a: '1', b: 'two words', c: 'ä&', d: '', '': '' }],
    ['a=1&&b=2&', { a: '1', b: '2' }],
    ['a=b=c', { a: 'b=c' }],
  ])('are parsed from %j', (text, fields) => {
    expect(Object.fromEntries(parseForm(text) ?? [])).toEqual(fields);
    expect(Object.fromEntries(parseForm(new TextEncoder().encode(text)) ?? [])).toEqual(fields);
  });

  it.each([
    ['a repeated field', 'typed=x&typed=y'],
    ['a repeated field, escaped once', 'typed=x&%74yped=y'],
    ['a list', 'typed[]=x'],
    ['a nested field', 'new[password]=x'],
    ['a lone percent sign', 'a=100%'],
    ['half an escape', 'a=%4'],
    ['escaped bytes that are not UTF-8', 'a=%ff'],
    ['an escaped surrogate', 'a=%ed%a0%80'],
    ['a name that is too long', `${'a'.repeat(129)}=1`],
    ['more fields than a form has', Array.from({ length: 129 }, (_, index) => `f${index}=`).join('&')],
  ])('are refused with %s', (_what, text) => {
    expect(parseForm(text)).toBeUndefined();
  });

  it('are refused with bytes that are not UTF-8', () => {
    expect(parseForm(Uint8Array.of(0x61, 0x3d, 0xe4))).toBeUndefined();
  });
});
