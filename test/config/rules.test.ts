import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { settingsFrom } from '../road.ts';

const load = (rule: object) => () => settingsFrom({ policy: { rules: [{ decision: 'allow' }, rule] } });

describe('a rule', () => {
  it.each([
    [{ decision: 'deny' }],
    [{ field: '*', decision: 'strip' }],
    [{ field: ['*.title', 'awork.position'], decision: 'allow' }],
    [{ field: 'ATLASSIAN.active', decision: 'approve' }],
    [{ effect: 'lifecycle', decision: 'approve' }],
    [{ provider: ['awork', 'day*'], decision: 'confirm' }],
    [{ caller: 'nightly-sync', user: '*@acme.com', oldValue: 'a', newValue: ['b', '*c*'], decision: 'allow' }],
    [{ connection: 'not-there-yet', decision: 'deny' }],
  ])('may be %j', (rule) => {
    expect(load(rule)().policy.rules).toHaveLength(2);
  });

  it.each([
    [
      'a field nobody has',
      { field: '*.titel', decision: 'deny' },
      /policy\.rules\[1\]\.field: "\*\.titel" matches nothing/,
    ],
    ['a field without its provider', { field: 'title', decision: 'deny' }, /rules\[1\]\.field/],
    ['one dead pattern among others', { field: ['*.title', 'awork.email'], decision: 'deny' }, /"awork\.email"/],
    ['an effect that is none', { effect: 'lifecyle', decision: 'deny' }, /rules\[1\]\.effect: "lifecyle" .*lifecycle/],
    ['a provider that is none', { provider: 'attlassian', decision: 'deny' }, /rules\[1\]\.provider: .*atlassian/],
    ['a decision that is none', { field: '*', decision: 'alow' }, /policy\.rules\[1\]\.decision/],
    ['no decision', { field: '*' }, /policy\.rules\[1\]\.decision/],
    ['a key that is none', { fields: '*.title', decision: 'deny' }, /policy\.rules\[1\]\.fields: not a known key/],
    ['an empty pattern', { field: '', decision: 'deny' }, /policy\.rules\[1\]\.field/],
    ['an empty list', { field: [], decision: 'deny' }, /policy\.rules\[1\]\.field/],
    ['a number for a pattern', { newValue: 5, decision: 'deny' }, /policy\.rules\[1\]\.newValue/],
  ])('with %s stops the start', (_name, rule, message) => {
    expect(load(rule)).toThrow(UsageError);
    expect(load(rule)).toThrow(message);
  });
});

describe('redaction', () => {
  it.each([
    ['position', /expected provider\.field/],
    ['acme.position', /acme\.position/],
    ['mediasilo.password', /password stays secret/],
    ['*.password', /password stays secret/],
  ])('of %s as public is refused', (path, message) => {
    expect(() =>
      settingsFrom(
        { redaction: { fields: { [path]: 'public' } } },
        { MEDIASILO_KEY: 'k', MEDIASILO_SECRET: 's', ATOMICWORK_TENANT: 'a', ATOMICWORK_API_KEY: 'k' },
      ),
    ).toThrow(message);
  });

  it('moves a field to another class, at that provider only', () => {
    const { connections } = settingsFrom(
      { redaction: { fields: { 'awork.position': 'personal' } } },
      { AWORK_API_KEY: 'k', MEDIASILO_KEY: 'k', MEDIASILO_SECRET: 's' },
    );
    const classes = connections.map(({ provider }) => [provider.id, provider.fields['position']?.sensitivity]);
    expect(classes).toEqual([
      ['awork', 'personal'],
      ['mediasilo', undefined],
    ]);
  });
});
