import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { JsonRecord } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { createPipeline, type Pipeline } from '../../support/pipeline/pipeline.ts';

/** Fields that a service needs with every change, and that its record does not show. */

const jane = idOf('scim', 'jane');
const connection = (keys: object) => ({
  provider: 'scim',
  baseUrl: '${env:SCIM_BASE_URL}',
  token: '${env:SCIM_TOKEN}',
  ...keys,
});
const connections = {
  puts: connection({ update: 'put', alwaysSend: ['nickName'] }),
  patches: connection({ update: 'patch', alwaysSend: ['nickName'] }),
  objects: connection({ update: 'patch', patchStyle: 'object', alwaysSend: ['nickName'] }),
  usual: connection({ update: 'put' }),
};

let pipeline: Pipeline;
const directory = () => pipeline.sandbox.vendors.scim;
const record = () => directory().users.get(jane) as JsonRecord;
const writes = () => directory().requests.filter(({ method }) => method !== 'GET');
const call = (name: string, args: object) => pipeline.call(name, { user_id: jane, reason: 'test', ...args });

beforeAll(async () => {
  pipeline = await createPipeline({ config: { connections } });
});
beforeEach(() => directory().reset());
afterAll(() => pipeline.stop());

it.each([
  ['puts', 'nickName'],
  ['patches', 'nickName'],
  ['objects', 'nickName'],
  ['usual', 'active'],
])('%s: sends nothing without %s, and says to name it', async (name, field) => {
  for (const shown of [undefined, null, '']) {
    if (shown === undefined) delete record()[field];
    else record()[field] = shown;
    for (const args of [{ set: { title: 'CEO' } }, { clear: ['title'] }]) {
      const refused = await call(name, args);
      expect(refused, JSON.stringify(refused)).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
      expect(refused.message).toMatch(
        new RegExp(
          `^${field}: the user record does not show it, .* name the value it has in set\nNothing was changed.$`,
        ),
      );
    }
  }
  expect(writes()).toEqual([]);
});

it.each([
  ['puts', { nickName: 'JD' }],
  ['patches', { nickName: 'JD' }],
  ['objects', { nickName: 'JD' }],
  ['usual', { active: true }],
])('%s: sends it once the call names it', async (name, named) => {
  for (const field of Object.keys(named)) delete record()[field];
  const result = await call(name, { set: { title: 'CEO', ...named } });
  expect(result, JSON.stringify(result)).toMatchObject({ outcome: 'updated' });
  expect(record()).toMatchObject({ title: 'CEO', ...named });
  expect(writes()).toHaveLength(1);
});

it.each(['puts', 'patches', 'objects'])('%s: sends false along, which is a value', async (name) => {
  const sentAlong = { ...connection({ update: name === 'puts' ? 'put' : 'patch', alwaysSend: ['active'] }) };
  const own = await createPipeline({ config: { connections: { own: sentAlong } } });
  try {
    const vendor = own.sandbox.vendors.scim;
    (vendor.users.get(jane) as JsonRecord)['active'] = false;
    const result = await own.call('own', { user_id: jane, set: { title: 'CEO' }, reason: 'test' });
    expect(result).toMatchObject({ outcome: 'updated' });
    const [sent] = vendor.requests.filter(({ method }) => method !== 'GET');
    expect(JSON.stringify(sent?.body)).toMatch(/"active":false|"path":"active","value":false/);
    expect(result.changes.map(({ field }) => field)).toEqual(['title']);
  } finally {
    await own.stop();
  }
});
