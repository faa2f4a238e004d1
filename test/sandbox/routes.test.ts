import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { cast, numberedIds } from '../../src/sandbox/cast.ts';
import { commit, defineVendor, formOf, Rejection } from '../../src/sandbox/define-vendor.ts';
import { createHttpServer } from '../../src/sandbox/http/server.ts';
import { createVendor } from '../../src/sandbox/vendor.ts';

const ids = numberedIds((nth) => `u${nth}`);
const jane = `/api/users/${ids.jane}`;

/** A vendor that uses what those of the registry may use: a token endpoint, PATCH, POST without a body, 204, one type. */
const definition = defineVendor({
  id: 'plain',
  credentials: { token: 't' },
  env: () => ({}),
  people: { ids, toRecord: ({ first }) => ({ profile: { first, note: '' } }) },
  authorize({ headers }) {
    if (headers['authorization'] !== 'Bearer t') throw new Rejection({ status: 401 });
  },
  accepts: ({ options }) => (options.strict ? ['application/strict+json'] : ['application/json']),
  forbidden: { status: 403 },
  error: (status, message) => ({ status, body: { message } }),
  demo: { change: {}, trap: '' },
  options: { strict: false },
  routes: [
    {
      method: 'POST',
      path: '/token',
      body: 'form',
      open: true,
      handle: (request) => ({ status: 200, body: Object.fromEntries(formOf(request)) }),
    },
    { method: 'GET', path: '/api/users/:id', handle: (_, { users }, { id = '' }) => toOk(users.get(id)) },
    {
      method: 'PATCH',
      path: '/api/users/:id',
      handle(_, vendor, { id = '' }) {
        commit(vendor, id, vendor.users.get(id) ?? {});
        return { status: 204 };
      },
    },
    { method: 'POST', path: '/api/users/:id/suspend', body: 'nothing', handle: () => ({ status: 204 }) },
  ],
});

function toOk(body: object | undefined) {
  return { status: 200, body: { ...body } };
}

async function start() {
  const vendor = createVendor(definition);
  const server = createHttpServer([vendor]);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo; // of a listening TCP server
  const send = (method: string, path: string, type?: string, body?: string, token = 't') =>
    fetch(`http://127.0.0.1:${port}/plain${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(type !== undefined && { 'content-type': type }) },
      ...(body !== undefined && { body }),
    });
  return { vendor, send };
}

it('reads a form at an open route, without a credential, also while writes are forbidden', async () => {
  const { vendor, send } = await start();
  vendor.options.forbidden = true;
  const answer = await send('POST', '/token', 'application/x-www-form-urlencoded', 'a=1%2B1&b=x+y', 'wrong');
  expect([answer.status, await answer.json()]).toEqual([200, { a: '1+1', b: 'x y' }]);
  expect((await send('POST', '/token', 'application/json', '{}')).status).toBe(415);
  expect((await send('GET', '/token')).status).toBe(405);
  expect((await send('GET', jane, undefined, undefined, 'wrong')).status).toBe(401);
});

it('answers 204 without a body, and takes a POST that carries nothing', async () => {
  const { send } = await start();
  const patched = await send('PATCH', jane, 'application/json; charset=utf-8', '{}');
  expect([patched.status, await patched.text(), patched.headers.get('content-type')]).toEqual([204, '', null]);
  expect((await send('POST', `${jane}/suspend`)).status).toBe(204);
});

it('takes the content types that the vendor names, and no other', async () => {
  const { vendor, send } = await start();
  expect((await send('PATCH', jane, 'application/strict+json', '{}')).status).toBe(415);
  Object.assign(vendor.options, { strict: true });
  expect((await send('PATCH', jane, 'application/strict+json', '{}')).status).toBe(204);
  expect((await send('PATCH', jane, 'application/json', '{}')).status).toBe(415);
});

it('changes a field inside the record unasked, and nothing beside it', async () => {
  const { vendor, send } = await start();
  vendor.options.collateral = { field: ['profile', 'note'], value: 'x' };
  await send('PATCH', jane, 'application/json', '{}');
  expect(vendor.users.get(ids.jane)).toEqual({ profile: { first: cast[0]?.first, note: 'x' } });
});
