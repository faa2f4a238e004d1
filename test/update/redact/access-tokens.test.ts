import { expect, it } from 'vitest';
import { createLogScrub } from '../../../src/app/log-scrub.ts';
import { createApp } from '../../../src/app.ts';
import { basicOf } from '../../../src/providers/interpret/token-client.ts';
import { update } from '../../../src/update/update.ts';
import { ALLOW_ALL, settingsFrom } from '../../support/pipeline/pipeline.ts';
import { requestFor } from '../../support/pipeline/requests.ts';
import { json, startOrigin } from '../../support/vendors/origin.ts';
import { plainConnection } from '../../support/vendors/plain-provider.ts';
import { startTokenEndpoint, TOKEN_CLIENT, tokenSignIn } from '../../support/vendors/token-endpoint.ts';

const token = (nth: number) => `eyJ+token/${nth}.~of-Plain_${nth}==`;
const client = { id: TOKEN_CLIENT.clientId, secret: TOKEN_CLIENT.clientSecret };

/** Every form in which a service may repeat what it was sent. */
const forms: [string, (secret: string) => string][] = [
  ['as it is', (secret) => secret],
  ['in a header', (secret) => `Authorization: Bearer ${secret}`],
  ['URL-encoded', encodeURIComponent],
  ['in base64', (secret) => Buffer.from(secret).toString('base64')],
  ['in base64 with its scheme', (secret) => Buffer.from(`Bearer ${secret}`).toString('base64')],
  ['in hex', (secret) => Buffer.from(secret).toString('hex')],
  ['in JSON', (secret) => JSON.stringify({ token: secret })],
  ['spelled out', (secret) => [...secret].join(' ')],
];

const secrets = [
  ['the access token', token(2)],
  ['an access token that has ended', token(1)],
  ['the client’s secret', TOKEN_CLIENT.clientSecret],
  ['the client’s header', basicOf(client)],
] as const;

/** A service that ends the first token with the write, and whose refusal then repeats what it knows. */
async function setUp(said: string) {
  const endpoint = await startTokenEndpoint((nth) => ({ body: { access_token: token(nth), token_type: 'Bearer' } }));
  const { url } = await startOrigin((request, response) => {
    if (request.method === 'GET') return json(response, 200, { id: '1', title: 'Old', name: 'Jane Doe' });
    const isOver = request.headers.authorization === `Bearer ${token(1)}`;
    return isOver ? json(response, 401, {}) : json(response, 422, { message: `no: ${said} is bad` });
  });
  const errors = { messages: [['message']] };
  const settings = { ...TOKEN_CLIENT, tokenUrl: endpoint.url };
  const connection = plainConnection(url, { ...tokenSignIn('basic'), errors }, settings);
  const app = createApp({ ...settingsFrom({ policy: ALLOW_ALL }), connections: [connection] });
  return { connection, app };
}

it.each(
  secrets.flatMap(([name, secret]) => forms.map(([form, write]) => [name, form, write(secret), secret] as const)),
)('%s, repeated by a service %s, is in no result, entry or log', async (_name, _form, said, secret) => {
  const { app, connection } = await setUp(said);
  const call = { connection, request: requestFor({ set: { title: 'CEO' } }), caller: { principal: 'local' } };
  const ports = await app.ports();
  const result = await update({ ...call, canAsk: false }, ports);
  expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_rejected' });
  const logged = createLogScrub(app.settings)(`it said: ${said}.`);
  for (const text of [JSON.stringify(result), JSON.stringify(await ports.store.list({ limit: 9 })), logged]) {
    expect(text).not.toContain(said);
    expect(text).not.toContain(secret);
  }
  await app.shutdown();
});

it('a token that is fetched after the first line of the log is removed from the next ones', async () => {
  const { app, connection } = await setUp('x');
  const scrub = createLogScrub(app.settings);
  expect(scrub(token(1))).toBe(token(1));
  await (await app.ports()).records.read(connection, '1', { at: performance.now() + 20_000 });
  expect(scrub(token(1))).toBe('[redacted]');
  await app.shutdown();
});
