import { describe, expect, it } from 'vitest';
import { type Claims, mergeClaims, readClaims } from '../../../src/approvals/oidc/claims.ts';
import { settingsFrom } from '../../support/pipeline/pipeline.ts';

const ISSUER = 'https://id.example.com';

function read(claims: Claims, more: object = {}) {
  const given = { issuer: ISSUER, clientId: 'us', allow: { groups: ['a', 'b'] } };
  const { oidc } = settingsFrom({ approvals: { oidc: { ...given, ...more } } }).approvals;
  if (!oidc) throw new Error('no settings');
  return readClaims({ iss: ISSUER, sub: '1', ...claims }, oidc);
}

const ann = { email: 'ann@acme.example', email_verified: true, groups: ['b', 'c'] };

describe('claims', () => {
  it('make an approver whose every claim of allow has a value that fits', () => {
    const principals = [`${ISSUER}#1`, '1', 'ann@acme.example', 'ann', 'x-7'];
    const more = { preferred_username: 'ann', oid: ['x-7'] };
    expect(read({ ...ann, ...more })).toEqual({ kind: 'approver', name: 'ann@acme.example', principals });
    expect(read({ ...ann, groups: 'a' })).toMatchObject({ kind: 'approver' });
    const both = { allow: { groups: ['b'], dept: ['hr'] } };
    expect(read({ ...ann, dept: 'hr' }, both)).toMatchObject({ kind: 'approver' });
    expect(read(ann, both)).toEqual({ kind: 'not-allowed' });
    expect(read({ ...ann, groups: ['c', 7, null, { a: 1 }] })).toEqual({ kind: 'not-allowed' });
    expect(read({ ...ann, groups: { 0: 'a' } })).toEqual({ kind: 'not-allowed' });
  });

  it('count an address only where the issuer has verified it', () => {
    const allow = { allow: { email: ['ann@acme.example'] }, name: 'nick' };
    expect(read({ ...ann, nick: 'Ann Lee' }, allow)).toMatchObject({ kind: 'approver', name: 'Ann Lee' });
    for (const is of [false, 'true', 1, undefined]) {
      expect(read({ ...ann, nick: 'Ann Lee', email_verified: is }, allow)).toEqual({ kind: 'not-allowed' });
      expect(read({ ...ann, email_verified: is })).toEqual({ kind: 'no-name' });
      const named = read({ ...ann, nick: 'Ann', email_verified: is }, { name: 'nick' });
      expect(named).toMatchObject({ principals: [`${ISSUER}#1`, '1'] });
    }
  });

  it('do not take names of the prototype', () => {
    expect(read(ann, { allow: { constructor: ['Object'] } })).toEqual({ kind: 'not-allowed' });
    expect(read(ann, { name: 'toString' })).toEqual({ kind: 'no-name' });
  });

  it('identify an approver also by a number, as they do a caller', () => {
    const claims = { ...ann, employee: 4711, teams: [1, ['x'], null] };
    expect(read(claims, { principals: ['employee', 'teams', 'toString'] })).toMatchObject({
      principals: [expect.any(String), '4711', '1'],
    });
    expect(read({ ...ann, groups: [1] }, { allow: { groups: ['1'] } })).toEqual({ kind: 'not-allowed' });
  });

  it('identify an approver by every value, however many and long they are', () => {
    const aliases = Array.from({ length: 200 }, (_, at) => `${'a'.repeat(at * 10)}${at}`);
    const found = read({ ...ann, aliases }, { principals: ['aliases'] });
    expect(found).toMatchObject({ principals: [`${ISSUER}#1`, ...aliases] });
  });

  it('name an approver on one line, so that people can read it', () => {
    const name = (nick: unknown) => read({ ...ann, nick }, { name: 'nick' });
    expect(name('  Ann Lee ')).toMatchObject({ name: 'Ann Lee' });
    for (const wrong of [
      '',
      ' ',
      'a\nb',
      'a\u202eb',
      '\u200b',
      '\ud800',
      'a'.repeat(129),
      'approver:ann',
      7,
      null,
      [],
    ]) {
      expect(name(wrong)).toEqual({ kind: 'no-name' });
    }
  });

  it('of an ID token win, and its address is not verified by another one of the user info', () => {
    const info = { sub: '1', email: 'b@x', email_verified: true, groups: ['a'] };
    expect(mergeClaims({ sub: '1', groups: ['b'] }, info)).toEqual({ ...info, groups: ['b'] });
    expect(mergeClaims({ email: 'a@x' }, info)).toMatchObject({ email: 'a@x' });
    expect(mergeClaims({ email: 'a@x' }, info)['email_verified']).toBeUndefined();
    expect(mergeClaims({ email: 'b@x' }, info)).toMatchObject({ email_verified: true });
    expect(mergeClaims({ email: 'a@x', email_verified: false }, info)).toMatchObject({ email_verified: false });
  });
});
