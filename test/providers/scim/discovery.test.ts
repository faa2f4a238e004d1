import type { ServerResponse } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { createPipeline } from '../../support/pipeline/pipeline.ts';
import { json, startOrigin } from '../../support/vendors/origin.ts';

/** What a service says about itself, through the pipeline: what is sent, and what is not. */

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const BADGE = 'urn:acme:params:scim:schemas:extension:badge:2.0:User';
const NUMBER = { type: 'text', sensitivity: 'public', effect: 'ordinary', clear: 'omit' };
const TAKES_PATCH = { patch: { supported: true }, etag: { supported: false } };

type Reply = (response: ServerResponse) => void;
const reply =
  (status: number, body: unknown): Reply =>
  (response) =>
    json(response, status, body);

/** A directory with one person, which answers discovery so: the last answer counts for all that follow. */
async function directoryWith({
  config = [reply(200, TAKES_PATCH)],
  schemas = reply(404, {}),
}: {
  config?: Reply[];
  schemas?: Reply;
}) {
  const person = {
    schemas: [CORE, ENTERPRISE, BADGE],
    id: '1',
    userName: 'jane',
    active: true,
    title: 'Manager',
    nickName: 'JD',
    name: { givenName: 'Jane', familyName: 'Doe' },
    [ENTERPRISE]: { department: 'Product', manager: { value: 'm-1' } },
    [BADGE]: { number: 'B-17' },
  };
  let asked = 0;
  const { url, seen } = await startOrigin((request, response) => {
    if (request.url?.includes('ServiceProviderConfig')) {
      asked += 1;
      config[Math.min(asked, config.length) - 1]?.(response);
    } else if (request.url?.includes('Schemas')) schemas(response);
    else {
      if (request.method !== 'GET') person.title = 'CEO';
      json(response, 200, person);
    }
  });
  const extensions = { [BADGE]: { number: NUMBER } };
  const connections = { own: { provider: 'scim', baseUrl: url, token: 'abc', extensions } };
  const limits = { requestSeconds: 1, attempts: 1 };
  const pipeline = await createPipeline({ config: { connections, limits } });
  onTestFinished(() => pipeline.stop());
  return {
    set: (values: object) => pipeline.call('own', { user_id: '1', set: values, reason: 'test' }),
    clear: (field: string) => pipeline.call('own', { user_id: '1', clear: [field], reason: 'test' }),
    writes: () => seen.filter((one) => !one.startsWith('GET')),
    asked: () => asked,
  };
}

it.each([404, 403, 501])('sends PUT after a %i, and asks no second time', async (status) => {
  const { set, writes, asked } = await directoryWith({ config: [reply(status, {})] });
  expect(await set({ title: 'CEO' })).toMatchObject({ outcome: 'updated' });
  expect(writes()).toEqual(['PUT /Users/1']);
  expect(await set({ title: 'CEO' })).toMatchObject({ outcome: 'unchanged' });
  expect(asked()).toBe(1);
});

it.each<[string, Reply]>([
  ['fails', reply(500, { detail: 'no' })],
  ['is a page', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>')],
  ['does not come in time', () => undefined],
])('writes nothing when the answer %s, and asks again with the next call', async (_what, first) => {
  const { set, writes, asked } = await directoryWith({ config: [first, reply(200, TAKES_PATCH)] });
  expect(await set({ title: 'CEO' })).toMatchObject({ outcome: 'failed', code: 'upstream_unavailable' });
  expect(writes()).toEqual([]);
  const before = asked();
  expect(await set({ title: 'CEO' })).toMatchObject({ outcome: 'updated' });
  expect([writes(), before, asked()]).toEqual([['PATCH /Users/1'], 1, 2]);
});

it('writes nothing when the schemas cannot be read', async () => {
  const { set, writes } = await directoryWith({ schemas: reply(500, {}) });
  expect(await set({ title: 'CEO' })).toMatchObject({ outcome: 'failed', code: 'upstream_unavailable' });
  expect(writes()).toEqual([]);
});

const described = (id: string, attributes: object[]) => reply(200, { Resources: [{ id, attributes }] });
const attribute = (name: string, mutability: string, subAttributes?: object[]) => ({ name, mutability, subAttributes });

it.each<[string, Reply, object]>([
  ['read-only', described(CORE, [attribute('title', 'readOnly')]), { title: 'CEO' }],
  ['read-only in another case', described(CORE.toUpperCase(), [attribute('TITLE', 'READONLY')]), { title: 'CEO' }],
  ['immutable', described(CORE, [attribute('nickname', 'immutable')]), { nickName: 'J' }],
  [
    'a read-only part',
    described(CORE, [attribute('name', 'readWrite', [attribute('GIVENNAME', 'readOnly')])]),
    { name: { givenName: 'J' } },
  ],
  [
    'a part of what is read-only',
    described(CORE, [attribute('name', 'readOnly', [attribute('givenName', 'readWrite')])]),
    { name: { givenName: 'J' } },
  ],
  [
    'a part of what is immutable',
    described(CORE, [attribute('name', 'immutable', [attribute('givenName', 'readWrite')])]),
    { name: { givenName: 'J' } },
  ],
  [
    'read-only in the enterprise extension',
    described(ENTERPRISE.toLowerCase(), [attribute('Department', 'readonly')]),
    { department: 'Board' },
  ],
  [
    'inside what is read-only there',
    described(ENTERPRISE, [attribute('manager', 'readOnly', [attribute('value', 'readWrite')])]),
    { manager: 'm-2' },
  ],
  [
    'inside what is immutable there',
    described(ENTERPRISE, [attribute('manager', 'immutable', [attribute('value', 'readWrite')])]),
    { manager: 'm-2' },
  ],
  [
    'read-only in an extension of its own',
    described(BADGE.toUpperCase(), [attribute('NUMBER', 'readOnly')]),
    { number: 'B-18' },
  ],
])('refuses a field that is %s, before anything is sent', async (_what, schemas, values) => {
  const { set, clear, writes } = await directoryWith({ schemas });
  const [field = ''] = Object.keys(values);
  const refused = await set(values);
  expect(refused, JSON.stringify(refused)).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
  expect(refused.message).toMatch(new RegExp(`^${field}.*says the schema`));
  expect(await clear(field)).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
  expect(writes()).toEqual([]);
  if (field !== 'title') expect(await set({ title: 'CEO' })).toMatchObject({ outcome: 'updated' });
});

it('lets an immutable attribute have its first value', async () => {
  const { set, writes } = await directoryWith({ schemas: described(CORE, [attribute('userType', 'immutable')]) });
  await set({ userType: 'Employee' });
  expect(writes()).toEqual(['PATCH /Users/1']);
});
