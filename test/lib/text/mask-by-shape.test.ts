import { describe, expect, it } from 'vitest';
import { maskByShape } from '../../../src/lib/text/mask-by-shape.ts';

const year = 2026;

describe('text masked by its shape', () => {
  it.each([
    ['mail jane.doe@acme.example now', 'mail j•••@acme.example now'],
    ['jane%40acme.example', 'j•••@acme.example'],
    ['jane＠acme.example', 'j•••@acme.example'],
    ['born 1971-03-02', 'born •••'],
    ['1971-03-02T08:00:00Z', '•••T08:00:00Z'],
    ['born 2.3.1971, or 03/02/71', 'born •••, or •••'],
    ['on 2 March 1971, on March 2nd, 1971', 'on •••, on •••'],
    ['call +49 (170) 123-4567', 'call +•••'],
    ['card 1234567', 'card •••'],
    ['number ١٢٣٤٥٦٧', 'number •••'],
    ['key sk-0123456789abcdefghijklm', 'key •••'],
  ])('masks %j', (text, masked) => {
    expect(maskByShape(text, year)).toBe(masked);
  });

  it.each([
    'leaves on Friday',
    'promoted from 2026-12-01, see HR-123456',
    'from 1 December 2026',
    'since 2019',
    '因为她升职了所以我们要改她的头衔请尽快处理谢谢大家因为她升职了',
  ])('leaves %j unchanged', (text) => {
    expect(maskByShape(text, year)).toBe(text);
  });

  it('takes the current year from the clock', () => {
    const now = new Date().getUTCFullYear();
    expect(maskByShape(`${now}-03-02 ${now - 1}-03-02`)).toBe(`${now}-03-02 •••`);
  });
});
