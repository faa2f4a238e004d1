import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { settingsFrom } from '../support/pipeline/pipeline.ts';

const AWORK = { AWORK_API_KEY: 'k' };
const ALL_PROVIDERS = {
  ...AWORK,
  ATOMICWORK_TENANT: 'a',
  ATOMICWORK_API_KEY: 'k',
  ATLASSIAN_DIRECTORY_ID: 'd',
  ATLASSIAN_SCIM_TOKEN: 't',
  MEDIASILO_KEY: 'k',
  MEDIASILO_SECRET: 's',
};

const load = (rule: object) => () =>
  settingsFrom(
    {
      connections: { 'awork-eu': { provider: 'awork', apiKey: 'k' } },
      policy: { rules: [{ decision: 'allow' }, rule] },
    },
    AWORK,
  );

describe('a rule', () => {
  it.each([
    [{ decision: 'deny' }],
    [{ field: '*', decision: 'strip' }],
    [{ field: ['*.title', 'awork.position'], decision: 'allow' }],
    [{ field: 'dayzero.props.theme', decision: 'approve' }],
    [{ field: ['*.custom_fields.*', 'dayzero.props.a\\.b.c', 'atlassian.name.familyName'], decision: 'approve' }],
    [{ field: 'atlassian.emails.value', decision: 'deny' }],
    [{ effect: 'lifecycle', decision: 'approve' }],
    [{ provider: ['awork', 'day*'], decision: 'confirm' }],
    [{ field: '*.title', newValue: '', oldValue: ['', 'a'], decision: 'deny' }],
    [{ caller: 'nightly-sync', user: '*@acme.com', oldValue: 'a', newValue: ['b', '*c*'], decision: 'allow' }],
    [{ connection: 'awork', decision: 'deny' }],
    [{ people: ['<2', '>=1', '=1'], decision: 'deny' }],
    [{ connection: ['AWORK-EU', '*work'], decision: 'deny' }],
    [{ name: 'n'.repeat(80), note: 'Personalabteilung, Größe „M“'.padEnd(200, '.'), decision: 'deny' }],
  ])('may be %j', (rule) => {
    expect(load(rule)().policy.rules).toHaveLength(2);
  });

  it.each([
    [
      'an unknown field',
      { field: '*.titel', decision: 'deny' },
      /policy\.rules\[1\]\.field: "\*\.titel" matches nothing/,
    ],
    ['a field in another case', { field: 'ATLASSIAN.active', decision: 'deny' }, /"ATLASSIAN\.active" matches nothing/],
    ['a * that would cross a dot', { field: '*title', decision: 'deny' }, /"\*title" matches nothing/],
    ['an unknown key of an object', { field: 'atlassian.name.first', decision: 'deny' }, /matches nothing/],
    ['a key of a plain field', { field: 'atlassian.title.x', decision: 'deny' }, /matches nothing/],
    ['a broken escape', { field: 'dayzero.props.a\\b', decision: 'deny' }, /is not a valid pattern/],
    ['a field without its provider', { field: 'title', decision: 'deny' }, /rules\[1\]\.field/],
    ['one dead pattern among others', { field: ['*.title', 'awork.email'], decision: 'deny' }, /"awork\.email"/],
    ['an unknown effect', { effect: 'lifecyle', decision: 'deny' }, /rules\[1\]\.effect: "lifecyle" .*lifecycle/],
    ['an unknown provider', { provider: 'attlassian', decision: 'deny' }, /rules\[1\]\.provider: .*atlassian/],
    [
      'an unknown connection',
      { connection: 'awrk', decision: 'deny' },
      /rules\[1\]\.connection: "awrk" matches nothing; expected one of awork, awork-eu/,
    ],
    [
      'a pattern that matches no connection',
      { connection: ['awork', 'acme-*'], decision: 'deny' },
      /\.connection: "acme-\*" matches/,
    ],
    [
      'a pattern that matches no provider',
      { provider: 'jira*', decision: 'deny' },
      /rules\[1\]\.provider: "jira\*" matches/,
    ],
    [
      'a number of people that no call has',
      { people: ['>5', '<1'], decision: 'deny' },
      /rules\[1\]\.people: "<1" matches/,
    ],
    ['an unknown decision', { field: '*', decision: 'alow' }, /policy\.rules\[1\]\.decision/],
    ['no decision', { field: '*' }, /policy\.rules\[1\]\.decision/],
    ['an unknown key', { fields: '*.title', decision: 'deny' }, /policy\.rules\[1\]\.fields: not a known key/],
    ['an empty pattern', { field: '', decision: 'deny' }, /policy\.rules\[1\]\.field/],
    ['an empty list', { field: [], decision: 'deny' }, /policy\.rules\[1\]\.field/],
    ['a name that is too long', { name: 'n'.repeat(81), decision: 'deny' }, /rules\[1\]\.name: .*80/],
    ['a note that is too long', { note: 'n'.repeat(201), decision: 'deny' }, /rules\[1\]\.note: .*200/],
    ['an empty name', { name: ' ', decision: 'deny' }, /rules\[1\]\.name: .*not empty/],
    ['a name of two lines', { name: 'a\nb', decision: 'deny' }, /rules\[1\]\.name: .*one line/],
    [
      'a note with a bidirectional control character',
      { note: 'a\u202eb', decision: 'deny' },
      /rules\[1\]\.note: .*invisible/,
    ],
    ['the name of the built-in rules', { name: 'Built-in', decision: 'deny' }, /rules\[1\]\.name/],
    ['a name like that of an unnamed rule', { name: 'rules[0]', decision: 'deny' }, /rules\[1\]\.name/],
    ['a number as a pattern', { newValue: 5, decision: 'deny' }, /policy\.rules\[1\]\.newValue/],
  ])('with %s stops the start', (_name, rule, message) => {
    expect(load(rule)).toThrow(UsageError);
    expect(load(rule)).toThrow(message);
  });
});

it('name and note of a rule are part of the policy', () => {
  const rule = { name: 'job titles', note: 'agreed with HR', field: '*.title', decision: 'allow' };
  expect(settingsFrom({ policy: { rules: [rule] } }).policy.rules).toEqual([rule]);
});

it('names of rules are unique, whatever their case and Unicode form', () => {
  const rules = ['Job titles', 'job TITLES'].map((name) => ({ name, decision: 'deny' }));
  expect(() => settingsFrom({ policy: { rules } })).toThrow(/policy\.rules\[1\]\.name: another rule has this name/);
});

describe('redaction.fields', () => {
  const move = (fields: Record<string, string>) => settingsFrom({ redaction: { fields } }, ALL_PROVIDERS).connections;
  const classOf = (fields: Record<string, string>, id: string, name: string) => {
    const provider = move(fields).find((connection) => connection.name === id)?.provider;
    return provider?.fields[name]?.sensitivity ?? provider?.readOnly[name];
  };

  it.each([
    ['position', /redaction\.fields: "position": expected provider\.field/],
    ['acme.position', /acme\.position/],
    ['acme*.position', /acme\*\.position/],
    ['*.favourite', /redaction\.fields: "\*\.favourite": matches no field/],
    ['awork.zz*', /redaction\.fields: "awork\.zz\*": matches no field/],
    ['awork.positoin', /did you mean awork\.position/],
    ['*.positoin', /did you mean \*\.position/],
    ['mediasilo.password', /password stays secret/],
    ['*.password', /password stays secret/],
    ['*.*', /"\*\.\*": atomicwork\.password stays secret/],
  ])('of %s as public is refused', (path, message) => {
    expect(() => move({ [path]: 'public' })).toThrow(UsageError);
    expect(() => move({ [path]: 'public' })).toThrow(message);
  });

  it.each([
    ['awork.nope', /redaction\.fields: "awork\.nope": matches no field/],
    ['*.socialSecurityNumber', /"\*\.socialSecurityNumber": matches no field/],
    ['awork.positoin', /did you mean awork\.position/],
  ])('of %s as secret is refused, since it matches nothing', (path, message) => {
    expect(() => move({ [path]: 'secret' })).toThrow(UsageError);
    expect(() => move({ [path]: 'secret' })).toThrow(message);
  });

  it.each(['awork.*', '*.*', '*', 'awork.posi*', '*.position', 'aw*.position', 'AWORK.Position'])(
    'matches %s as a rule would',
    (path) => {
      expect(classOf({ [path]: 'secret' }, 'awork', 'position')).toBe('secret');
    },
  );

  it('moves a field to another class, at that provider only', () => {
    expect(classOf({ 'awork.title': 'personal' }, 'awork', 'title')).toBe('personal');
    expect(classOf({ 'awork.title': 'personal' }, 'atlassian', 'title')).toBe('public');
  });

  it('moves read-only attributes, and undeclared ones by their full names', () => {
    expect(classOf({ 'atomicwork.created*': 'secret' }, 'atomicwork', 'created_at')).toBe('secret');
    expect(classOf({ 'awork.costCenter': 'public' }, 'awork', 'costCenter')).toBe('public');
    expect(classOf({ 'awork.costCenter': 'public' }, 'atlassian', 'costCenter')).toBeUndefined();
  });

  it('uses the first pattern that matches, as rules do', () => {
    const fields = { 'awork.position': 'public', '*.password': 'secret', '*.*': 'personal' };
    expect(classOf(fields, 'awork', 'position')).toBe('public');
    expect(classOf(fields, 'awork', 'title')).toBe('personal');
    expect(classOf(fields, 'mediasilo', 'password')).toBe('secret');
  });
});
