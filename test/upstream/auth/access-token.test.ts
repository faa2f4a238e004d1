import { describe, expect, it } from 'vitest';
import { startDeadline } from '../../../src/lib/async/deadline.ts';
import { get } from '../../../src/upstream/client.ts';
import { UpstreamFailure } from '../../../src/upstream/errors.ts';
import { createRecords } from '../../../src/upstream/records.ts';
import { type Handler, json, startOrigin } from '../../support/vendors/origin.ts';
import { plainConnection } from '../../support/vendors/plain-provider.ts';
import {
  startTokenEndpoint,
  TOKEN_CLIENT,
  type TokenResponse,
  tokenSignIn,
} from '../../support/vendors/token-endpoint.ts';

const limits = { requestMs: 20_000, responseBytes: 10_000, attempts: 2 };
const within = () => startDeadline(20_000);

/** An API that takes the tokens in `valid` only, and what it got. */
async function setUp(respond?: TokenResponse, sends?: 'basic' | 'form', handler?: Handler) {
  const endpoint = await startTokenEndpoint(respond);
  const headers: (string | undefined)[] = [];
  const origin = await startOrigin((request, response, nth) => {
    headers.push(request.headers.authorization);
    if (handler) handler(request, response, nth);
    else json(response, 200, { id: '1', title: 'CEO' });
  });
  const connection = plainConnection(origin.url, tokenSignIn(sends), { ...TOKEN_CLIENT, tokenUrl: endpoint.url });
  return { endpoint, origin, headers, connection };
}

type SetUp = Awaited<ReturnType<typeof setUp>>;

const read = ({ connection }: SetUp, more = {}) =>
  get(connection, { path: '/users/1', within: within(), ...more }, limits);

async function failureOf(pending: Promise<unknown>): Promise<UpstreamFailure> {
  const error: unknown = await pending.catch((reason: unknown) => reason);
  if (!(error instanceof UpstreamFailure)) throw new Error('no UpstreamFailure', { cause: error });
  return error;
}

async function write({ connection }: SetUp, isCurrent = async () => true) {
  const records = createRecords({ ...limits, concurrentWrites: 5 });
  const request = { userId: '1', write: connection.provider.write, body: { title: 'CEO' } };
  return await records.write(connection, request, { within: within(), isCurrent });
}

const refusing =
  (times: number): Handler =>
  (_request, response, nth) =>
    json(response, nth <= times ? 401 : 200, nth <= times ? { error: 'expired' } : { id: '1' });

describe('an access token', () => {
  it('is fetched with the first request and serves the next ones', async () => {
    const it = await setUp();
    await read(it);
    await read(it);
    expect(it.headers).toEqual(['Bearer issued-token-1', 'Bearer issued-token-1']);
    expect(it.endpoint.asked).toHaveLength(1);
  });

  it('is asked for with the client in the form', async () => {
    const it = await setUp();
    await read(it);
    const { clientId: client_id, clientSecret: client_secret } = TOKEN_CLIENT;
    expect(it.endpoint.asked).toEqual([
      {
        authorization: undefined,
        type: 'application/x-www-form-urlencoded',
        form: { grant_type: 'client_credentials', client_id, client_secret, scope: 'users:write' },
      },
    ]);
  });

  it('is asked for with the client in a header, encoded as RFC 6749 says', async () => {
    const it = await setUp(undefined, 'basic');
    await read(it);
    const [asked] = it.endpoint.asked;
    expect(asked?.form).toEqual({ grant_type: 'client_credentials', scope: 'users:write' });
    const pair = Buffer.from(asked?.authorization?.slice('Basic '.length) ?? '', 'base64').toString();
    expect(pair).toBe('client%3A7:p%25+ss%2Bword%2F%7E%C3%A9');
  });

  it('is fetched once for requests at the same time', async () => {
    const it = await setUp();
    await Promise.all([read(it), read(it), read(it)]);
    expect(it.endpoint.asked).toHaveLength(1);
    expect(it.headers).toHaveLength(3);
  });

  it('is fetched by each connection for itself', async () => {
    const it = await setUp();
    await read(it);
    await read({ ...it, connection: { ...it.connection, name: 'other' } });
    expect(it.headers).toEqual(['Bearer issued-token-1', 'Bearer issued-token-2']);
  });

  it.each([[1], ['1'], [0], [-5]])('that lasts %j seconds is renewed before its end', async (expires_in) => {
    const it = await setUp((nth) => ({ body: { access_token: `t-${nth}`, token_type: 'bearer', expires_in } }));
    await read(it);
    await new Promise((resolve) => setTimeout(resolve, 950));
    await read(it);
    expect(it.headers).toEqual(['Bearer t-1', 'Bearer t-2']);
  });

  it.each([[undefined], [null], ['soon'], ['']])('that lasts %j is kept', async (expires_in) => {
    const it = await setUp((nth) => ({ body: { access_token: `t-${nth}`, expires_in } }));
    await read(it);
    await read(it);
    expect(it.headers).toEqual(['Bearer t-1', 'Bearer t-1']);
  });

  it('that is refused once is renewed, and the read repeated', async () => {
    const it = await setUp(undefined, 'form', refusing(1));
    expect(await read(it)).toMatchObject({ status: 200 });
    expect(it.headers).toEqual(['Bearer issued-token-1', 'Bearer issued-token-2']);
  });

  it('that is refused once is renewed, and the write repeated if the record is the same', async () => {
    const it = await setUp(undefined, 'form', refusing(1));
    expect(await write(it)).toMatchObject({ kind: 'accepted' });
    expect(it.origin.seen).toEqual(['PUT /users/1', 'PUT /users/1']);
    expect(it.headers).toEqual(['Bearer issued-token-1', 'Bearer issued-token-2']);
  });

  it('that is refused while the record changed leads to no second write', async () => {
    const it = await setUp(undefined, 'form', (request, response) =>
      json(response, request.method === 'PUT' ? 401 : 200, { id: '1' }),
    );
    await read(it);
    expect(await write(it, async () => false)).toEqual({ kind: 'moved' });
    expect(it.origin.seen).toEqual(['GET /users/1', 'PUT /users/1']);
  });

  it('that is refused twice is not renewed again', async () => {
    const it = await setUp(undefined, 'form', refusing(9));
    const { error, fate } = await failureOf(read(it));
    expect([error.code, fate]).toEqual(['credentials_rejected', 'no']);
    expect(it.endpoint.asked).toHaveLength(2);
    expect(it.headers).toHaveLength(2);
    expect(await write(it)).toMatchObject({ kind: 'rejected', error: { code: 'credentials_rejected' } });
    expect(it.origin.seen.filter((line) => line.startsWith('PUT'))).toHaveLength(2);
  });

  it('that was refused to several requests is renewed once', async () => {
    const it = await setUp(undefined, 'form', (request, response) =>
      json(response, request.headers.authorization === 'Bearer issued-token-1' ? 401 : 200, { id: '1' }),
    );
    await Promise.all([read(it), read(it), read(it), read(it)]);
    expect(it.endpoint.asked).toHaveLength(2);
  });

  it('is not needed again by a 401 of a connection without one', async () => {
    const { url, seen } = await startOrigin(refusing(1));
    const { error } = await failureOf(get(plainConnection(url), { path: '/users/1', within: within() }, limits));
    expect(error.code).toBe('credentials_rejected');
    expect(seen).toHaveLength(1);
  });

  it('that has to be fetched before a write leads to another look at the record', async () => {
    const it = await setUp();
    expect(await write(it, async () => false)).toEqual({ kind: 'moved' });
    expect(it.origin.seen).toEqual([]);
  });

  it('is awaited no longer than the call lasts, and then serves the others', async () => {
    let answer: () => void = () => {};
    const it = await setUp();
    const slow = await startOrigin((_request, response) => {
      answer = () => json(response, 200, { access_token: 'late', token_type: 'Bearer' });
    });
    const connection = { ...it.connection, settings: { ...it.connection.settings, tokenUrl: slow.url } };
    const { error } = await failureOf(read({ ...it, connection }, { within: startDeadline(200) }));
    expect(error).toMatchObject({ code: 'upstream_unavailable', message: expect.stringContaining('in time') });
    answer();
    await read({ ...it, connection });
    expect(it.headers).toEqual(['Bearer late']);
    expect(slow.seen).toHaveLength(1);
  });
});

describe('a token endpoint', () => {
  const secretText = 'secret-of-the-response';
  it.each<[string, TokenResponse, string, RegExp, number]>([
    [
      'invalid_client',
      () => ({ status: 401, body: { error: 'invalid_client' } }),
      'credentials_rejected',
      /invalid_client/,
      1,
    ],
    [
      'unauthorized_client',
      () => ({ status: 400, body: { error: 'unauthorized_client' } }),
      'credentials_rejected',
      /client get a token/,
      1,
    ],
    ['invalid_scope', () => ({ status: 400, body: { error: 'invalid_scope' } }), 'credentials_rejected', /scope/, 1],
    ['an unknown error', () => ({ status: 403, body: { error: secretText } }), 'credentials_rejected', /HTTP 403/, 1],
    ['an unknown address', () => ({ status: 404, body: secretText }), 'upstream_unavailable', /not at this address/, 1],
    [
      'a redirect',
      () => ({ status: 307, headers: { location: '/oauth/token' } }),
      'upstream_unavailable',
      /HTTP 307/,
      1,
    ],
    ['201', () => ({ status: 201 }), 'upstream_unavailable', /HTTP 201/, 1],
    ['an outage', () => ({ status: 503, body: secretText }), 'upstream_unavailable', /not available/, 2],
    ['too many requests', () => ({ status: 429 }), 'rate_limited', /slow down/, 2],
    ['no token', () => ({ body: { access_token: '' } }), 'upstream_unavailable', /bearer token/, 1],
    ['no JSON', () => ({ body: `<html>${secretText}` }), 'upstream_unavailable', /bearer token/, 1],
    [
      'another kind of token',
      () => ({ body: { access_token: secretText, token_type: 'DPoP' } }),
      'upstream_unavailable',
      /bearer token/,
      1,
    ],
    [
      'a token that ends the header',
      () => ({ body: { access_token: `${secretText}\r\nHost: x` } }),
      'upstream_unavailable',
      /bearer token/,
      1,
    ],
    [
      'a token that is a list',
      () => ({ body: { access_token: [secretText] } }),
      'upstream_unavailable',
      /bearer token/,
      1,
    ],
    [
      'a huge response',
      () => ({ body: { access_token: secretText, more: 'x'.repeat(70_000) } }),
      'upstream_unavailable',
      /bearer token/,
      1,
    ],
  ])('with %s fails the call, and nothing is sent', async (_name, respond, code, message, requests) => {
    const it = await setUp(respond);
    const { error, fate } = await failureOf(read(it));
    expect([error.code, fate]).toEqual([code, 'no']);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('token endpoint of Plain (connection "main")');
    expect(JSON.stringify([error.message, error.facts])).not.toContain(secretText);
    expect(it.endpoint.asked).toHaveLength(requests);
    expect(it.origin.seen).toEqual([]);
  });

  it('that fails is asked again with the next call', async () => {
    const it = await setUp((nth) => (nth === 1 ? { status: 400, body: { error: 'invalid_client' } } : {}));
    const { error } = await failureOf(read(it));
    expect(error.facts.remedy).toBe('check clientId and clientSecret');
    await read(it);
    expect(it.headers).toEqual(['Bearer issued-token-2']);
  });

  it('that passes on the second request is no failure', async () => {
    const it = await setUp((nth) => (nth === 1 ? { status: 503 } : {}));
    await read(it);
    expect(it.headers).toEqual(['Bearer issued-token-2']);
  });

  it.each(['http://auth.example/token', 'https://jane@auth.example/token', 'ftp://127.0.0.1/token', 'token'])(
    'at %s is refused',
    async (tokenUrl) => {
      const connection = plainConnection('https://plain.example', tokenSignIn(), { ...TOKEN_CLIENT, tokenUrl });
      await expect(get(connection, { path: '/users/1', within: within() }, limits)).rejects.toThrow(
        /^tokenUrl: expected/,
      );
    },
  );
});
