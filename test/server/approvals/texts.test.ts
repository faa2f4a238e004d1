import { describe, expect, it } from 'vitest';
import { toList } from '../../../src/approvals/status/messages.ts';
import { markDifference } from '../../../src/server/approvals/pages/requests/diff.ts';
import { toDuration } from '../../../src/server/approvals/pages/text.ts';

describe('texts of the page', () => {
  it.each([
    [
      '"jane.doe@acme.example"',
      '"jane.d0e@acme.example"',
      '"jane.d<mark>o</mark>e@acme.example"',
      '"jane.d<mark>0</mark>e@acme.example"',
    ],
    ['"acme"', '"\u0430cme"', '"<mark>a</mark>cme"', '"<mark>\u0430</mark>cme"'],
    ['"Boss"', '"Bosses"', '"Boss"', '"Boss<mark>es</mark>"'],
    ['"Engineer"', '"Advisor"', '"Engineer"', '"Advisor"'],
    ['"<b>x"', '"<b>y"', '"&lt;b&gt;<mark>x</mark>"', '"&lt;b&gt;<mark>y</mark>"'],
    ['(empty)', '"x"', '(empty)', '"x"'],
  ])('mark the difference between %s and %s', (before, after, ...marked) => {
    const plain = markDifference(before, after).map((one) => String(one).replaceAll('&quot;', '"'));
    expect(plain).toEqual(marked);
  });

  it('spell out durations and lists', () => {
    expect([0, 1500, 90_000, 3_599_000, 3_600_000, 86_400_000].map(toDuration)).toEqual([
      '1 second',
      '2 seconds',
      '2 minutes',
      '60 minutes',
      '1 hour',
      '1 day',
    ]);
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(toList)).toEqual(['', 'a', 'a and b', 'a, b and c']);
  });
});
