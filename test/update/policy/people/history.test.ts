import { describe, expect, it } from 'vitest';
import { createPeopleHistory } from '../../../../src/update/policy/people/history.ts';
import type { Rule } from '../../../../src/update/policy/rules.ts';

const MINUTE = 60_000;
const rule: Rule = { field: '*.title', people: '<=3', decision: 'allow' };
const other: Rule = { field: '*.title', people: '>9', decision: 'deny' };

const call = (minute: number, ids: string[], more: { caller?: string; others?: number } = {}) => ({
  caller: 'sync',
  at: minute * MINUTE,
  records: new Set(ids),
  others: 0,
  ...more,
});

describe('the history of people', () => {
  it('counts what was noted within the hour before, by caller and rule', () => {
    const { count, note } = createPeopleHistory(60 * MINUTE);
    note(call(0, ['1']), '1', new Map([[rule, 'yes']]));
    note(call(30, ['2']), '2', new Map([[rule, 'yes']]));
    expect(count(rule, call(59, ['3']))).toBe(3);
    expect(count(rule, call(59, ['1']))).toBe(2);
    expect(count(other, call(59, ['3']))).toBe(1);
    expect(count(rule, call(59, ['3'], { caller: 'other' }))).toBe(1);
    expect(count(rule, call(60, ['3']))).toBe(2);
    expect(count(rule, call(90, ['3']))).toBe(1);
  });

  it('cannot tell if what perhaps counts decides, and else tells the count', () => {
    const { count, note } = createPeopleHistory(60 * MINUTE);
    for (const id of ['1', '2']) note(call(0, [id]), id, new Map([[rule, 'yes']]));
    note(call(0, ['3']), '3', new Map([[rule, 'unknown']]));
    expect(count(rule, call(1, ['2']))).toBe(2);
    expect(count(rule, call(1, ['4']))).toBeUndefined();
    expect(count(rule, call(1, ['4', '5']))).toBe(4);
    note(call(2, ['3']), '3', new Map([[rule, 'yes']]));
    expect(count(rule, call(3, ['4']))).toBe(4);
  });

  it('takes a user record for certain only as long as that is within the hour', () => {
    const { count, note } = createPeopleHistory(60 * MINUTE);
    for (const id of ['1', '2', '3']) note(call(0, [id]), id, new Map([[rule, 'yes']]));
    note(call(30, ['3']), '3', new Map([[rule, 'unknown']]));
    expect(count(rule, call(59, ['4']))).toBe(4);
    for (const id of ['1', '2']) note(call(59, [id]), id, new Map([[rule, 'yes']]));
    expect(count(rule, call(61, ['4']))).toBeUndefined();
  });

  it('cannot tell of a batch that is not all known, where the rest decides', () => {
    const { count } = createPeopleHistory(60 * MINUTE);
    expect(count(rule, call(0, ['1', '2'], { others: 1 }))).toBe(2);
    expect(count(rule, call(0, ['1', '2'], { others: 2 }))).toBeUndefined();
    expect(count(rule, call(0, ['1', '2', '3', '4'], { others: 2 }))).toBe(4);
  });
});
