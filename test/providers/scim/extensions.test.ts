import { expect, it } from 'vitest';
import { CORE, ENTERPRISE } from '../../../src/providers/scim/resource.ts';
import { settingsFrom } from '../../support/pipeline/pipeline.ts';

const BADGE = 'urn:acme:params:scim:schemas:extension:badge:2.0:User';
const FIELD = { type: 'text', sensitivity: 'public', effect: 'ordinary' };

/** Settings with a SCIM connection that declares these extensions. */
const withExtensions = (extensions: unknown) =>
  settingsFrom({
    connections: { directory: { provider: 'scim', baseUrl: 'https://scim.example/v2', token: 'abc', extensions } },
  });

it('takes attributes of extensions as fields', () => {
  const { connections } = withExtensions({ [BADGE]: { number: FIELD }, [ENTERPRISE]: { building: FIELD } });
  const { number, building } = connections[0]?.provider.fields ?? {};
  expect([number?.at, building?.at]).toEqual([
    [BADGE, 'number'],
    [ENTERPRISE, 'building'],
  ]);
});

it.each([
  ['the core schema, in any case', { [CORE.toUpperCase()]: { nick: FIELD } }, /is no extension/],
  ['a field that is declared, in another case', { [ENTERPRISE]: { Department: FIELD } }, /Department has another name/],
  ['the object that a declared field is in', { [ENTERPRISE.toUpperCase()]: { manager: FIELD } }, /manager has another/],
  ['the name of a field', { [BADGE]: { Title: FIELD } }, /Title is the name of another attribute/],
  ['the name of an attribute that is read-only', { [BADGE]: { id: FIELD } }, /id is the name of another attribute/],
  ['one name in two extensions', { [BADGE]: { n: FIELD }, 'urn:acme:other:1.0': { n: FIELD } }, /n is the name of/],
  [
    'one attribute in two cases',
    { [BADGE]: { number: FIELD, Number: FIELD } },
    /Number has another name|Number is the/,
  ],
  ['one extension in two cases', { [BADGE]: { n: FIELD }, [BADGE.toLowerCase()]: { m: FIELD } }, /is there twice/],
  [
    'a name that objects have without holding it',
    { [BADGE]: { constructor: FIELD } },
    /"constructor" cannot be a name/,
  ],
])('refuses %s: one could be set through the other', (_what, extensions, fault) => {
  expect(() => withExtensions(extensions)).toThrow(fault);
});

const connectionsWith = (...fields: readonly object[]) => ({
  connections: Object.fromEntries(
    fields.map((field, nth) => [
      ['berlin', 'oslo', 'rome'][nth] ?? '',
      {
        provider: 'scim',
        baseUrl: `https://scim${nth}.example/v2`,
        token: 'abc',
        extensions: { [`${BADGE}${nth}`]: { number: field } },
      },
    ]),
  ),
});

it.each([
  ['sensitivity', { ...FIELD, sensitivity: 'personal' }],
  ['effect', { ...FIELD, effect: 'access' }],
])('does not start where one name differs in %s between connections, and says where', (_what, other) => {
  expect(() => settingsFrom(connectionsWith(FIELD, other))).toThrow(
    'connections: scim.number differs in sensitivity or effect between berlin and oslo; give it one of each, or another name',
  );
  expect(() => settingsFrom(connectionsWith(FIELD, FIELD, other))).toThrow(/scim\.number differs/);
});

it('takes one name of several connections that agree', () => {
  expect(settingsFrom(connectionsWith(FIELD, { ...FIELD, clear: 'omit' })).connections).toHaveLength(2);
});

it.each([
  ['sensitivity', { type: 'text', effect: 'ordinary' }],
  ['effect', { type: 'text', sensitivity: 'public' }],
])('refuses an attribute without %s, and names both', (missing, field) => {
  expect(() => withExtensions({ [BADGE]: { number: field } })).toThrow(new RegExp(`number\\.${missing}`));
});
