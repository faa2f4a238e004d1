import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOidcClient, type OidcFlow } from '../../../src/approvals/oidc/client.ts';
import { OidcError } from '../../../src/approvals/oidc/problem.ts';
import { type StandIn, startStandIn } from '../../support/oidc/stand-in.ts';
import { settingsFrom } from '../../support/pipeline/pipeline.ts';

/** What an issuer may send that does not hold. */

let stand: StandIn;
beforeAll(async () => {
  stand = await startStandIn();
});
afterAll(() => stand.close());
beforeEach(() => stand.reset());

const REDIRECT = 'http://127.0.0.1:9/approvals/oidc/callback';

function clientOf(more: object = {}, now?: () => number) {
  const given = {
    issuer: stand.issuer,
    clientId: 'us',
    clientSecret: 's',
    allow: { role: ['approver'] },
    name: 'nick',
  };
  const { oidc } = settingsFrom({ approvals: { oidc: { ...given, ...more } } }).approvals;
  if (!oidc) throw new Error('no settings');
  return createOidcClient(oidc, now);
}

/** Goes to the issuer and back, with the query it sends. */
async function walk(client = clientOf(), change: (flow: OidcFlow) => OidcFlow = (flow) => flow) {
  const { flow, url } = await client.begin(REDIRECT, false);
  const response = await fetch(url, { redirect: 'manual' });
  const { search } = new URL(response.headers.get('location') ?? '');
  return await client.complete(change(flow), search);
}

const problemOf = async (walking: Promise<unknown>) =>
  await walking.then(
    () => 'none',
    (error: unknown) => (error instanceof OidcError ? error.problem : error),
  );

const seconds = (from: number) => Math.floor(Date.now() / 1000) + from;

describe('a sign-in by OpenID Connect', () => {
  it('gives the claims of the ID token, for a code and a verifier', async () => {
    stand.claims = { role: 'approver', auth_time: 7 };
    expect(await walk()).toMatchObject({ iss: stand.issuer, sub: 'stand-in', role: 'approver', auth_time: 7 });
    expect(stand.redeemed[0]?.get('code_verifier')).toMatch(/^[\w-]{43}$/);
  });

  it('asks when the person signed in, and takes it for long ago if an issuer that states it does not', async () => {
    const { url } = await clientOf().begin(REDIRECT, false);
    expect(Number(new URL(url).searchParams.get('max_age'))).toBeGreaterThan(0);
    stand.claims = { role: 'approver' };
    expect(await walk()).not.toHaveProperty('auth_time');
    stand.lies = { metadata: { claims_supported: ['sub', 'auth_time'] } };
    expect(await walk(clientOf())).toMatchObject({ auth_time: 0 });
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['another nonce', () => ({ nonce: 'another' })],
    ['no nonce', () => ({ nonce: undefined })],
    ['another audience', () => ({ aud: 'another client' })],
    ['further audiences, for another client', () => ({ aud: ['us', 'another'], azp: 'another' })],
    ['an ID token that has expired', () => ({ iat: seconds(-600), exp: seconds(-60) })],
    ['an ID token without an end', () => ({ exp: undefined })],
    ['an ID token that does not count yet', () => ({ nbf: seconds(600) })],
    ['another issuer in the ID token', () => ({ iss: 'http://127.0.0.1:9' })],
    ['no subject', () => ({ sub: undefined })],
    ['a subject that is no text', () => ({ sub: 7 })],
    ['a subject with a line break', () => ({ sub: 'a\nb' })],
    ['a subject of 300 characters', () => ({ sub: 'a'.repeat(300) })],
  ])('does not count with %s', async (_what, claims) => {
    stand.claims = claims();
    expect(await problemOf(walk())).toBe('invalid');
  });

  it('does not count with the signature of another key', async () => {
    stand.lies = { otherKey: true };
    expect(await problemOf(walk())).toBe('invalid');
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['another state', { state: 'another' }],
    ['no state', { state: undefined }],
    ['another issuer (RFC 9207)', { iss: 'http://127.0.0.1:9' }],
    ['no issuer, although this one always names itself', { iss: undefined }],
  ])('does not redeem a code that came with %s', async (_what, back) => {
    stand.lies = { back };
    expect(await problemOf(walk())).toBe('invalid');
    expect(stand.redeemed).toEqual([]);
  });

  it('does not count by the clock of this server once the ID token has expired', async () => {
    expect(await problemOf(walk(clientOf({}, () => Date.now() + 10 * 60_000)))).toBe('invalid');
  });

  it.each<[string, StandIn['lies']]>([
    ['is no JSON', { tokenBody: '<html>secret text' }],
    ['is endless', { tokenBody: `{"x":"${'x'.repeat(300_000)}"}` }],
    ['is a failure', { tokenBody: '{"error":"server_error","error_description":"secret text"}', tokenStatus: 400 }],
    ['is a redirect', { redirectTo: 'http://127.0.0.1:9/token' }],
  ])('ends with a problem of the issuer if its answer %s, and repeats no text of it', async (_what, lies) => {
    stand.lies = lies;
    const failed = await walk().catch((error: unknown) => error);
    expect(failed).toMatchObject({ problem: 'unavailable' });
    expect(String(failed)).not.toContain('secret text');
  });

  it.each<[string, Record<string, unknown>]>([
    ['names another issuer', { issuer: 'http://127.0.0.1:9' }],
    ['has no key set', { jwks_uri: undefined }],
    ['sends people over plain http', { authorization_endpoint: 'http://issuer.example.com/auth' }],
    ['takes codes over plain http', { token_endpoint: 'http://issuer.example.com/token' }],
    ['sends people to a script', { authorization_endpoint: 'javascript:alert(1)' }],
    ['gives user info over plain http', { userinfo_endpoint: 'http://issuer.example.com/me' }],
  ])('does not begin at an issuer that %s', async (_what, metadata) => {
    stand.lies = { metadata };
    expect(await problemOf(clientOf().begin(REDIRECT, false))).toBe('unavailable');
  });

  it('does not begin at an issuer that cannot be reached', async () => {
    expect(await problemOf(clientOf({ issuer: 'http://127.0.0.1:9' }).begin(REDIRECT, false))).toBe('unavailable');
  });
});
