import { describe, expect, it } from 'vitest';
import { fileSchema } from '../../../src/config/json-schema.ts';
import type { Json } from '../../../src/lib/json/json-value.ts';
import { decide } from '../../../src/update/policy/policy.ts';
import type { Decision, Pattern, Rule } from '../../../src/update/policy/rules.ts';
import {
  change,
  decisionOn,
  type Leaves,
  password,
  subjectAt,
  title,
  verdictOn,
} from '../../support/pipeline/policy.ts';
import { leafOf } from '../../support/pipeline/requests.ts';

describe('a condition of a rule', () => {
  it.each<[keyof Rule, Pattern, boolean]>([
    ['provider', 'atlassian', true],
    ['provider', ['awork', 'atlassian'], true],
    ['provider', ['awork', 'dayzero'], false],
    ['provider', 'at*', true],
    ['provider', 'atlas', false],
    ['connection', 'main', true],
    ['connection', 'MAIN', true],
    ['connection', 'other', false],
    ['field', 'atlassian.title', true],
    ['field', '*.title', true],
    ['field', '*', true],
    ['field', 'title', false],
    ['field', '*title*', false],
    ['field', '*.*itl*', true],
    ['field', 'atlassian.Title', false],
    ['field', 'atlassian.title.*', false],
    ['field', 'atlassian.titles', false],
    ['field', ['*.nickName', '*.title'], true],
    ['effect', 'ordinary', true],
    ['effect', 'identity', false],
    ['effect', ['identity', 'ordinary'], true],
    ['caller', 'nightly-sync', true],
    ['caller', 'nightly-*', true],
    ['caller', 'Nightly-Sync', false],
    ['caller', 'cursor*', false],
    ['user', '3f2c', true],
    ['user', '3F2C', true],
    ['user', 'jane.doe@acme.com', true],
    ['user', 'jane@home.example', true],
    ['user', '*@acme.com', true],
    ['user', '*@other.com', false],
    ['oldValue', 'Engineer', true],
    ['oldValue', 'engineer', true],
    ['oldValue', 'Engineer ', false],
    ['newValue', 'Staff*', true],
    ['newValue', '*ff Eng*', true],
    ['newValue', 'Engineer', false],
  ])('%s: %j matches: %s', (key, pattern, fits) => {
    expect(decisionOn({ [key]: pattern }, title)).toBe(fits ? 'deny' : 'confirm');
  });
});

describe('every condition in the schema of rules', () => {
  const rule = fileSchema().properties?.['policy']?.properties?.['rules']?.items?.properties ?? {};
  const conditions = Object.keys(rule).filter((key) => !['name', 'note', 'decision'].includes(key));

  it.each(conditions)('restricts its rule: %s', (key) => {
    expect(decisionOn({ [key]: 'no-such-value' }, title, 'allow')).toBe('confirm');
  });

  it('is found', () => {
    expect(conditions).toContain('newValue');
  });
});

describe('a pattern of values', () => {
  it.each<[string, Json | undefined, Pattern, boolean]>([
    ['an emptied value', undefined, '', true],
    ['an emptied value', undefined, '*', true],
    ['an emptied value', undefined, 'x*', false],
    ['a boolean', false, 'false', true],
    ['a number', 42, '4*', true],
    ['an int64', 9_223_372_036_854_775_807n, '9223372036854775807', true],
    ['a composed letter', 'M\u00fcller', 'Mu\u0308ller', true],
    ['a decomposed letter', 'Mu\u0308ller', 'M\u00fcller', true],
  ])('%s: %s and %j match: %s', (_name, after, pattern, fits) => {
    const on = [{ ...leafOf('atlassian', 'title', 'Engineer', undefined), after }];
    expect(decisionOn({ newValue: pattern }, on)).toBe(fits ? 'deny' : 'confirm');
  });

  const mail = (...values: string[]) =>
    change(
      'emails',
      undefined,
      values.map((value, index) => ({ value, type: 'work', primary: index === 0 })),
    );

  it('denies a composite value if one part of it matches', () => {
    const rule = { newValue: '*@evil.example' };
    expect(decisionOn(rule, mail('jane@acme.com', 'jane@evil.example'))).toBe('deny');
    expect(decisionOn(rule, mail('jane@acme.com'))).toBe('confirm');
  });

  it('allows a composite value only if all of it matches', () => {
    const rule = { newValue: '*@acme.com' };
    expect(decisionOn(rule, mail('jane@acme.com', 'j@acme.com'), 'allow')).toBe('allow');
    expect(decisionOn(rule, mail('jane@acme.com', 'jane@evil.example'), 'allow')).toBe('confirm');
  });

  it.each<[string, Json]>([
    ['a key that is called value', { value: 'ok-1', role: 'admin' }],
    ['a value within a value', { value: { value: 'ok-1' }, deep: { value: 'ok-1', other: ['admin'] } }],
    ['an empty object', { a: {} }],
    ['an empty list', { a: [] }],
    ['null', { a: null }],
    ['a list of nothing', { a: [[], {}] }],
  ])('does not allow an object for %s', (_name, after) => {
    const props = change('props', {}, after, 'dayzero');
    expect(decisionOn({ newValue: 'ok-*' }, props, 'allow', 'dayzero')).toBe('confirm');
  });

  it('allows an object if all of it matches', () => {
    const props = change('props', {}, { value: 'ok-1', list: ['ok-2', { deep: 'ok-3' }] }, 'dayzero');
    expect(decisionOn({ newValue: 'ok-*' }, props, 'allow', 'dayzero')).toBe('allow');
  });

  const phones = (before: string[], after: string[]) => {
    const [old, target] = [before, after].map((values) => values.map((value) => ({ value })));
    return change('phoneNumbers', old, target?.length === 0 ? undefined : target);
  };

  it.each<[string, keyof Rule, Leaves, boolean, boolean]>([
    ['a field that is cleared', 'newValue', change('title', 'Engineer', undefined), true, true],
    ['a field that is set', 'newValue', title, false, false],
    ['a field that was empty', 'oldValue', change('title', null, 'Engineer'), true, true],
    ['a field that was not', 'oldValue', title, false, false],
    [
      'a key that is cleared',
      'newValue',
      change('name', { givenName: 'J', middleName: 'M' }, { givenName: 'J' }),
      true,
      true,
    ],
    ['a key that is set', 'newValue', change('name', { givenName: 'J' }, { givenName: 'M' }), false, false],
    [
      'a value with something empty in it',
      'newValue',
      change('emails', [], [{ value: 'a@b.co', x: '' }]),
      false,
      false,
    ],
    ['a list that is cleared', 'newValue', phones(['1', '2'], []), true, true],
    ['a list that loses an entry', 'newValue', phones(['1', '2'], ['1']), true, false],
    ['a list that was empty', 'oldValue', phones([], ['1']), true, true],
    ['a list that gets one more', 'oldValue', phones(['1'], ['1', '2']), true, false],
    ['a list one entry of which is replaced', 'newValue', phones(['1', '2'], ['1', '3']), false, false],
    ['a new secret', 'newValue', password, false, false],
    [
      'a secret that is asked for',
      'newValue',
      password.map((leaf) => ({ ...leaf, after: undefined, asked: true as const })),
      false,
      false,
    ],
  ])('"" as a pattern: %s', (_name, key, on, denied, allowed) => {
    expect(decisionOn({ [key]: '' }, on) === 'deny').toBe(denied);
    expect(decisionOn({ [key]: ['', 'nothing else'] }, on, 'allow') === 'allow').toBe(allowed);
  });

  it('"" matches a secret that is cleared, and may match any other', () => {
    const secret = (after?: string) =>
      change('title', 'Engineer', after).map((leaf) => ({ ...leaf, sensitivity: 'secret' as const }));
    expect(decisionOn({ newValue: '' }, secret())).toBe('deny');
    expect(decisionOn({ newValue: ['', 'x'] }, secret(), 'allow')).toBe('allow');
    expect(decisionOn({ newValue: ['', 'x'] }, secret('y'))).toBe('deny');
    expect(decisionOn({ newValue: '' }, secret('y'))).toBe('confirm');
    expect(decisionOn({ oldValue: '' }, secret('y'))).toBe('deny');
  });

  it.each<Decision>(['allow', 'confirm', 'deny', 'strip'])('does not reveal a secret through %s', (decision) => {
    for (const key of ['newValue', 'oldValue'] as const) {
      const decisions = ['hunter2', 'other', 'hunter*'].map((pattern) =>
        decisionOn({ [key]: pattern }, password, decision, 'mediasilo'),
      );
      // The same whatever the value: what might fit counts where it is stricter, and nowhere else.
      const expected = decision === 'deny' ? 'deny' : decision === 'strip' ? 'allow' : 'approve';
      expect(new Set(decisions)).toEqual(new Set([expected]));
    }
  });

  it('never makes a secret easier to change', () => {
    const rules: Rule[] = [{ newValue: 'CEO', decision: 'approve' }, { decision: 'allow' }];
    const secretTitle = title.map((leaf) => ({ ...leaf, sensitivity: 'secret' as const }));
    expect(verdictOn(rules, secretTitle)).toMatchObject({ decision: 'approve', rule: 'rules[0]' });
    expect(verdictOn([{ newValue: 'CEO', decision: 'allow' }], secretTitle).decision).toBe('confirm');
  });

  it('sees removed entries beside added ones', () => {
    const rules: Rule[] = [{ newValue: '5', decision: 'allow' }];
    const roles = (before: number[], after: number[]) => change('org_roles', before, after, 'atomicwork');
    const on = (before: number[], after: number[]) =>
      decide(rules, subjectAt('atomicwork'), { leaves: roles(before, after), sideEffects: [] }).verdict;
    expect(on([41], [5]).decision).toBe('allow');
    expect(on([41, 42], [5]).decision).toBe('confirm');
    expect(on([41, 42], [42]).decision).toBe('confirm');
    expect(on([41], [41, 5]).decision).toBe('allow');
  });

  it.each<Decision>(['confirm', 'approve', 'deny'])('* matches a secret, to %s', (decision) => {
    expect(decisionOn({ newValue: '*' }, password, decision, 'mediasilo')).toBe(decision);
  });

  it('judges each entry of a list on its own, so that none vouches for another', () => {
    const rules: Rule[] = [
      { field: '*.emails', newValue: '*@acme.com', decision: 'confirm' },
      { field: '*.emails', decision: 'deny' },
    ];
    expect(verdictOn(rules, mail('evil@evil.example', 'j@acme.com')).decision).toBe('deny');
    expect(verdictOn(rules, mail('j@acme.com', 'evil@evil.example')).decision).toBe('deny');
    expect(verdictOn(rules, mail('j@acme.com', 'jane@acme.com')).decision).toBe('confirm');
  });

  it('sees entries that are added or removed, not those that stay', () => {
    const [old, kept, target] = ['old@acme.com', 'kept@partner.example', 'new@acme.com'].map((value) => ({ value }));
    const changes = change('emails', [old ?? null, kept ?? null], [target ?? null, kept ?? null]);
    expect(verdictOn([{ newValue: '*@partner.example', decision: 'deny' }], changes).decision).toBe('confirm');
    expect(verdictOn([{ newValue: '*@acme.com', decision: 'allow' }], changes).decision).toBe('allow');
    expect(verdictOn([{ oldValue: 'old@*', decision: 'approve' }], changes).decision).toBe('approve');
    const removal = change('emails', [old ?? null, kept ?? null], [kept ?? null]);
    expect(verdictOn([{ oldValue: 'kept@*', decision: 'deny' }], removal).decision).toBe('confirm');
    expect(verdictOn([{ oldValue: 'old@*', newValue: '', decision: 'deny' }], removal).decision).toBe('deny');
  });

  it('sees the id of a reference, not the name beside it', () => {
    const manager = change('manager', { id: 5, name: 'Ann' }, 7, 'atomicwork');
    expect(decisionOn({ oldValue: '5', newValue: '7' }, manager, 'allow', 'atomicwork')).toBe('allow');
    expect(decisionOn({ oldValue: 'Ann' }, manager, 'deny', 'atomicwork')).toBe('confirm');
  });

  it('sees the keys of a merged object that change', () => {
    const props = change('props', { theme: 'dark', limit: 5 }, { theme: 'dark', limit: 9 }, 'dayzero');
    expect(decisionOn({ newValue: 'dark' }, props, 'deny', 'dayzero')).toBe('confirm');
    expect(decisionOn({ newValue: '9' }, props, 'deny', 'dayzero')).toBe('deny');
  });
});
