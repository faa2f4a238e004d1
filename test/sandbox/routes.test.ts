import { expect, it } from 'vitest';
import { cast, numberedIds } from '../../src/sandbox/cast.ts';
import { commit, defineVendor, formOf, Rejection } from '../../src/sandbox/define-vendor.ts';
import { useLoneVendor } from '../support/vendors/lone-vendor.ts';

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
    { method: 'GET', path: '/api/users/:id', handle: () => ({ status: 200 }) },
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

const at = useLoneVendor(definition);
const ALLOWED = { authorization: 'Bearer t' };
const patch = (type: string) => at.send('PATCH', jane, { ...ALLOWED, 'content-type': type }, '{}');

it('reads a form at an open route, without a credential, also while writes are forbidden', async () => {
  at.vendor.options.forbidden = true;
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await at.send('POST', '/token', form, 'a=1%2B1&b=x+y');
  expect([answer.status, answer.json]).toEqual([200, { a: '1+1', b: 'x y' }]);
  expect((await at.send('POST', '/token', {}, {})).status).toBe(415);
  expect((await at.send('GET', jane, {})).status).toBe(401);
  expect((await at.send('GET', '/token', ALLOWED)).status).toBe(405);
});

it('answers 204 without a body, and takes a POST that carries nothing', async () => {
  const patched = await patch('application/json; charset=utf-8');
  expect([patched.status, patched.text, patched.headers.get('content-type')]).toEqual([204, '', null]);
  expect((await at.send('POST', `${jane}/suspend`, ALLOWED)).status).toBe(204);
});

it('takes the content types that the vendor names, and no other', async () => {
  expect((await patch('application/strict+json')).status).toBe(415);
  at.vendor.options.strict = true;
  expect((await patch('application/strict+json')).status).toBe(204);
  expect((await patch('application/json')).status).toBe(415);
});

it('changes a field inside the record unasked, and nothing beside it', async () => {
  at.vendor.options.collateral = { field: ['profile', 'note'], value: 'x' };
  await patch('application/json');
  expect(at.vendor.users.get(ids.jane)).toEqual({ profile: { first: cast[0]?.first, note: 'x' } });
});
