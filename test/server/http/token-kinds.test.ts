import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIENCE, type Issuer, startIssuer } from '../../support/http/issuer.ts';
import { INITIALIZE, post, startHttpServer, type TestServer } from '../../support/http/server.ts';

/** An issuer whose access tokens are plain JWTs, as the operator has configured. */

let testServer: TestServer;
let issuer: Issuer;
beforeAll(async () => {
  issuer = await startIssuer();
  const oauth = { issuer: issuer.issuer, audience: AUDIENCE, jwks: issuer.jwks, acceptJwtType: true };
  testServer = await startHttpServer({ http: { auth: { oauth } } });
});
afterAll(async () => {
  await testServer.stop();
  await issuer.close();
});

const statusOf = async (claims: Record<string, unknown>, typ?: string) => {
  const authorization = `Bearer ${await issuer.token(claims, { typ })}`;
  return (await post(`${testServer.server.url}/mcp`, INITIALIZE, { authorization })).status;
};

describe('acceptJwtType', () => {
  it.each(['JWT', 'jwt', 'at+jwt', undefined])('accepts an access token of type %s', async (typ) => {
    expect(await statusOf({}, typ)).toBe(200);
  });

  it.each(['logout+jwt', 'dpop+jwt', 'id+jwt'])('rejects a token of type %s', async (typ) => {
    expect(await statusOf({}, typ)).toBe(401);
  });

  it.each([
    { nonce: 'n' },
    { at_hash: 'h' },
    { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
    { htm: 'POST', htu: 'https://users.example.com/mcp' },
    { typ: 'ID' },
    { typ: 'Refresh' },
    { token_use: 'id' },
    { cnf: { jkt: 'abc' } },
  ])('rejects a token of another kind: %j', async (claims) => {
    expect(await statusOf(claims, 'JWT')).toBe(401);
  });

  it.each([{ typ: 'Bearer' }, { token_use: 'access' }])('accepts a token that says what it is: %j', async (claims) => {
    expect(await statusOf(claims, 'JWT')).toBe(200);
  });
});
