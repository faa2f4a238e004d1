import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { AUDIENCE, type Issuer, startIssuer } from '../../../support/http/issuer.ts';
import { INITIALIZE, post, startHttpServer, type TestServer, tokenEntry } from '../../../support/http/server.ts';

let testServer: TestServer;
let issuer: Issuer;
let mcp: string;
beforeAll(async () => {
  issuer = await startIssuer();
  testServer = await startHttpServer({
    http: {
      auth: {
        tokens: [tokenEntry('nightly-sync', 'good-token'), tokenEntry('dashboard', 'read-token', ['users:read'])],
        oauth: { issuer: issuer.issuer, audience: AUDIENCE, jwks: issuer.jwks },
      },
    },
  });
  mcp = `${testServer.server.url}/mcp`;
});
afterAll(async () => {
  await testServer.stop();
  await issuer.close();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const statusWith = async (token: string) => (await post(mcp, INITIALIZE, bearer(token))).status;

describe('without a valid token', () => {
  it('responds 401 and names the metadata that says where to get one', async () => {
    const answer = await post(mcp, INITIALIZE);
    expect(answer.status).toBe(401);
    const challenge = answer.headers.get('www-authenticate') ?? '';
    expect(challenge).toMatch(/^Bearer /);
    expect(challenge).not.toContain('error=');
    const url = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '';
    const metadata = await fetch(url);
    expect(metadata.status).toBe(200);
    expect(await metadata.json()).toMatchObject({
      resource: mcp,
      authorization_servers: [issuer.issuer],
      scopes_supported: ['users:read', 'users:write'],
      bearer_methods_supported: ['header'],
    });
  });

  it.each(['GET', 'DELETE', 'POST'])('rejects %s', async (method) => {
    expect((await fetch(mcp, { method })).status).toBe(401);
  });

  it.each([
    ['an unknown token', 'Bearer bad-token'],
    ['the hash of a token', `Bearer ${tokenEntry('x', 'good-token').sha256}`],
    ['another scheme', 'Basic Z29vZC10b2tlbjo='],
    ['an empty token', 'Bearer '],
    ['two tokens', 'Bearer good-token, Bearer good-token'],
    ['no scheme', 'good-token'],
  ])('rejects %s', async (_name, authorization) => {
    const answer = await post(mcp, INITIALIZE, { authorization });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(await answer.text()).not.toContain('good-token');
  });

  it('accepts no token in the URL', async () => {
    expect((await post(`${mcp}?access_token=good-token`, INITIALIZE)).status).toBe(401);
  });

  it('requires a token for metrics, and none for probes', async () => {
    const get = async (path: string, headers = {}) =>
      (await fetch(`${testServer.server.url}${path}`, { headers })).status;
    expect(await get('/metrics')).toBe(401);
    expect(await get('/metrics', bearer('read-token'))).toBe(200);
    expect(await get('/healthz')).toBe(200);
    expect(await get('/readyz')).toBe(200);
  });
});

describe('OAuth', () => {
  it('accepts a valid access token', async () => {
    expect(await statusWith(await issuer.token())).toBe(200);
    expect(await statusWith(await issuer.token({ aud: ['other', AUDIENCE] }))).toBe(200);
  });

  it.each([
    ['another audience', { aud: 'https://elsewhere.example.com/mcp' }],
    ['no audience', { aud: undefined }],
    ['another issuer', { iss: 'https://elsewhere.example.com' }],
    ['no issuer', { iss: undefined }],
    ['an expiry in the past', { exp: Math.floor(Date.now() / 1000) - 60 }],
    ['no expiry', { exp: undefined }],
    ['a start in the future', { nbf: Math.floor(Date.now() / 1000) + 300 }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject with a line break', { sub: 'jane\nAsked by: somebody' }],
  ] as const)('rejects a token with %s', async (_name, claims) => {
    expect(await statusWith(await issuer.token(claims))).toBe(401);
  });

  it.each(['at+jwt', 'application/at+jwt', 'AT+JWT'])('accepts an access token of type %s', async (typ) => {
    expect(await statusWith(await issuer.token({}, { typ }))).toBe(200);
  });

  it.each(['JWT', 'logout+jwt', 'dpop+jwt', 'secevent+jwt', 'id+jwt', 'at', 'application/jwt', '', undefined])(
    'rejects a token of type %s',
    async (typ) => expect(await statusWith(await issuer.token({}, { typ }))).toBe(401),
  );

  it.each([{ jkt: 'abc' }, { 'x5t#S256': 'abc' }, {}, null])(
    'rejects a token that is bound to a key, since nothing proves the key: %j',
    async (cnf) => expect(await statusWith(await issuer.token({ cnf }))).toBe(401),
  );

  it('rejects alg none', async () => {
    const token = new UnsecuredJWT({ sub: 'jane', scope: 'users:read users:write' })
      .setIssuer(issuer.issuer)
      .setAudience(AUDIENCE)
      .setExpirationTime('5m')
      .encode();
    expect(await statusWith(token)).toBe(401);
    expect(await statusWith(`${token}AAAA`)).toBe(401);
  });

  it('rejects HS256 with the public key as the secret', async () => {
    const secret = new TextEncoder().encode(await issuer.publicKey());
    const token = await new SignJWT({ sub: 'jane', scope: 'users:write' })
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .setIssuer(issuer.issuer)
      .setAudience(AUDIENCE)
      .setExpirationTime('5m')
      .sign(secret);
    expect(await statusWith(token)).toBe(401);
  });

  it('rejects a signature by another key, and a changed payload', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const forged = await new SignJWT({ sub: 'jane' })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(issuer.issuer)
      .setAudience(AUDIENCE)
      .setExpirationTime('5m')
      .sign(privateKey);
    expect(await statusWith(forged)).toBe(401);
    const [header, , signature] = (await issuer.token()).split('.');
    const [, payload] = (await issuer.token({ sub: 'root' })).split('.');
    expect(await statusWith(`${header}.${payload}.${signature}`)).toBe(401);
  });

  it('responds 503, not 401, while keys cannot be fetched', async () => {
    const fresh = await startIssuer();
    onTestFinished(() => fresh.close());
    const config = { http: { auth: { oauth: { issuer: fresh.issuer, audience: AUDIENCE, jwks: fresh.jwks } } } };
    const other = await startHttpServer(config);
    onTestFinished(() => other.stop());
    fresh.setStatus(500);
    const token = await fresh.token();
    const answer = await post(`${other.server.url}/mcp`, INITIALIZE, bearer(token));
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    fresh.setStatus(200);
    expect((await post(`${other.server.url}/mcp`, INITIALIZE, bearer(token))).status).toBe(200);
  });
});
