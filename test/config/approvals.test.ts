import { describe, expect, it } from 'vitest';
import { settingsFrom } from '../support/pipeline/pipeline.ts';

const given = { issuer: 'https://id.example.com/realms/acme', clientId: 'us', allow: { groups: ['hr'] } };
const read = (more: object = {}) => settingsFrom({ approvals: { oidc: { ...given, ...more } } }).approvals.oidc;

it('sign-in by OpenID Connect is off by default, and has defaults where it is on', () => {
  expect(settingsFrom({}).approvals).toEqual({ oidc: undefined });
  expect(read()).toEqual({
    ...given,
    clientSecret: undefined,
    name: 'email',
    may: ['*:*'],
    principals: ['sub', 'email', 'preferred_username', 'oid'],
    scopes: undefined,
    digest: expect.stringMatching(/^[\w-]{22}$/),
  });
  expect(read({ may: ['*:access', 'atlassian:*'], issuer: 'http://127.0.0.1:8080' })).toMatchObject({
    may: ['*:access', 'atlassian:*'],
  });
});

describe('mistakes', () => {
  it.each<[string, object, RegExp]>([
    ['no allow', { allow: undefined }, /approvals\.oidc\.allow/],
    ['an allow without a claim', { allow: {} }, /allow: expected a claim and its values/],
    ['a claim without a value', { allow: { groups: [] } }, /allow\.groups/],
    ['a claim with one text', { allow: { groups: 'hr' } }, /allow\.groups/],
    ['an issuer over plain http', { issuer: 'http://id.example.com' }, /issuer: expected an https URL/],
    ['an issuer with a query', { issuer: 'https://id.example.com/?a=b' }, /issuer: expected an https URL/],
    ['an issuer that is a file', { issuer: 'file:///etc/passwd' }, /issuer: expected an https URL/],
    ['a right that is none', { may: ['*:title'] }, /may\[0\]: expected PROVIDER:EFFECT/],
    ['a right at no provider', { may: ['*:*', 'atlasian:access'] }, /may\[1\]: there is no provider "atlasian"/],
    ['no right', { may: [] }, /may/],
    ['scopes without openid', { scopes: ['email'] }, /scopes: expected "openid"/],
    ['a key that is not known', { groups: ['hr'] }, /groups: not a known key/],
  ])('%s', (_what, more, message) => {
    expect(() => read(more)).toThrow(message);
  });
});
