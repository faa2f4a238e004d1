import { describe, expect, it } from 'vitest';
import type { Decision, Rule } from '../../../src/update/policy/rules.ts';
import { change, decisionOn, nick, password, title, verdictOn } from '../../support/pipeline/policy.ts';

const active = change('active', true, false);

describe('without rules', () => {
  it.each([
    ['an ordinary change', title, 'confirm'],
    ['a lifecycle change', active, 'confirm'],
    ['a secret', password, 'approve'],
  ] as const)('%s is confirmed or approved', (_name, on, decision) => {
    expect(verdictOn([], on)).toEqual({ decision, rule: 'built-in', stripped: [] });
  });

  it('a plan with a secret in it needs approval as a whole', () => {
    expect(verdictOn([], title, password).decision).toBe('approve');
  });
});

describe('rules', () => {
  it('apply in order: the first that matches a leaf change decides', () => {
    const rules: Rule[] = [
      { field: '*.title', decision: 'allow' },
      { field: '*', decision: 'deny' },
      { field: '*.title', decision: 'approve' },
    ];
    expect(verdictOn(rules, title)).toEqual({ decision: 'allow', rule: 'rules[0]', stripped: [] });
    expect(verdictOn(rules, nick)).toEqual({ decision: 'deny', rule: 'rules[1]', stripped: [] });
  });

  it.each<[Decision, Decision, Decision]>([
    ['allow', 'allow', 'allow'],
    ['allow', 'confirm', 'confirm'],
    ['approve', 'confirm', 'approve'],
    ['deny', 'allow', 'deny'],
    ['approve', 'deny', 'deny'],
    ['strip', 'deny', 'deny'],
    ['strip', 'allow', 'allow'],
  ])('%s for one field and %s for another give %s', (first, second, together) => {
    const rules: Rule[] = [
      { field: '*.title', decision: first },
      { field: '*.nickName', decision: second },
    ];
    expect(verdictOn(rules, title, nick).decision).toBe(together);
    expect(verdictOn(rules, nick, title).decision).toBe(together);
  });

  it('give the name of the strictest one', () => {
    const rules: Rule[] = [
      { field: '*.nickName', decision: 'confirm' },
      { field: '*.title', decision: 'deny' },
    ];
    expect(verdictOn(rules, nick, title).rule).toBe('rules[1]');
    expect(verdictOn([{ field: '*.title', decision: 'allow' }], title, nick).rule).toBe('built-in');
  });

  it('with strip leave the field out and decide on the rest', () => {
    const rules: Rule[] = [{ field: '*.nickName', decision: 'strip' }];
    expect(verdictOn(rules, nick, title)).toEqual({ decision: 'confirm', rule: 'built-in', stripped: ['nickName'] });
  });

  it('with strip for everything leave nothing to allow', () => {
    const verdict = verdictOn([{ field: '*', decision: 'strip' }], nick, title);
    expect(verdict.stripped).toEqual(['nickName', 'title']);
  });

  it('match only if every condition does', () => {
    const rule = { provider: 'atlassian', connection: 'main', field: '*.title', effect: 'ordinary', user: '3f2c' };
    expect(decisionOn({ ...rule, newValue: 'Staff *', oldValue: 'Engineer' }, title)).toBe('deny');
    expect(decisionOn({ ...rule, newValue: 'Staff *', oldValue: 'Manager' }, title)).toBe('confirm');
  });

  it('without conditions match everything', () => {
    expect(verdictOn([{ decision: 'deny' }], password).decision).toBe('deny');
  });
});
