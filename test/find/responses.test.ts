import { describe, expect, it } from 'vitest';
import { find } from '../../src/find/find.ts';
import type { Fault, JsonValue, VendorId } from '../../src/sandbox/index.ts';
import { idOf } from '../../src/sandbox/people.ts';
import { useFindPipeline } from '../support/pipeline/find.ts';
import { stored } from '../support/pipeline/pipeline.ts';
import { startOrigin } from '../support/vendors/origin.ts';

const setup = useFindPipeline();
const { search } = setup;

describe('a response', () => {
  const ask = async (provider: VendorId, query: string, fault: Extract<Fault, { kind: 'status' }>) => {
    setup.pipeline.sandbox.vendors[provider].faults.push({ ...fault, times: 50 });
    return await search(query, 20, { connection: provider });
  };
  const queries = { atomicwork: 'Jane Doe', awork: 'Jane Doe', dayzero: 'Jane Doe', mediasilo: 'Jane Doe' } as const;
  const vendors = Object.entries(queries) as [VendorId, string][];
  const asked: [VendorId, string][] = [...vendors, ['atomicwork', 'jane.doe@acme.example'], ['atlassian', 'jane doe']];
  const answers = [{}, { list: [{ id: 1 }] }, { message: 'x' }, { data: { x: 1 } }, true, ['x'], [{ name: 'x' }]];
  const odd = asked.flatMap(([vendor, query]) => answers.map((body) => [vendor, query, body] as const));

  it.each(odd)(
    'of %s to %s that is not a list of users, %j, is not taken for an empty list',
    async (vendor, query, body) => {
      const { users, gaps } = await ask(vendor, query, { kind: 'status', status: 200, body });
      expect(users).toEqual([]);
      const why = expect.stringContaining('responded with something that is not a list of users');
      expect(gaps).toEqual([expect.objectContaining({ provider: vendor, why, code: 'upstream_unavailable' })]);
    },
  );

  it.each([[{ message: 'x' }], [{ first_name: 'Jane' }]])(
    'to a read by id that has no id, %j, is not taken for “no such user”',
    async (body) => {
      const { users, gaps } = await ask('dayzero', '4711', { kind: 'status', status: 200, body });
      expect(users).toEqual([]);
      expect(gaps).toEqual([expect.objectContaining({ why: expect.stringMatching(/not a user/) })]);
    },
  );

  const envelopes: [string, (users: JsonValue[]) => JsonValue][] = [
    ['an array', (users) => users],
    ...['data', 'users', 'results', 'items', 'content'].flatMap((name): typeof envelopes => [
      [name, (users) => ({ [name]: users, total: users.length })],
      [`data.${name}`, (users) => ({ data: { [name]: users } })],
    ]),
  ];
  const known = vendors.flatMap(([vendor, query]) =>
    envelopes.map(([name, wrap]) => [vendor, name, query, wrap] as const),
  );

  it.each(known)('of %s is understood with its users in %s', async (vendor, _name, query, wrap) => {
    const jane = stored(setup.pipeline.sandbox, vendor, idOf(vendor, 'jane'));
    const { users, gaps } = await ask(vendor, query, { kind: 'status', status: 200, body: wrap([jane]) });
    expect(users).toMatchObject([{ user_id: idOf(vendor, 'jane') }]);
    expect(gaps).toEqual([]);
    const nobody = await ask(vendor, 'No Body', { kind: 'status', status: 200, body: wrap([]) });
    expect(nobody).toEqual({ users: [], more: 0, gaps: [] });
  });

  it.each([[(user: JsonValue) => user], [(user: JsonValue) => ({ data: user })], [(user: JsonValue) => [user]]])(
    'to a lookup by e-mail address is one user, wrapped or not',
    async (wrap) => {
      const jane = stored(setup.pipeline.sandbox, 'atomicwork', idOf('atomicwork', 'jane'));
      const { users } = await ask('atomicwork', 'jane.doe@acme.example', {
        kind: 'status',
        status: 200,
        body: wrap(jane),
      });
      expect(users).toMatchObject([{ user_id: idOf('atomicwork', 'jane'), status: 'active' }]);
    },
  );

  it('of SCIM without Resources is an empty list if its totalResults is 0', async () => {
    const { gaps } = await ask('atlassian', 'no body', { kind: 'status', status: 200, body: { totalResults: 0 } });
    expect(gaps).toEqual([expect.objectContaining({ why: expect.stringContaining('userName') })]);
  });

  it.each(['atomicwork', 'awork', 'mediasilo'] as const)('of %s with 404 is an empty list', async (vendor) => {
    expect(await ask(vendor, 'Jane', { kind: 'status', status: 404 })).toEqual({ users: [], more: 0, gaps: [] });
  });

  it('with 404 is an error if it may mean a wrong business id', async () => {
    const { gaps } = await ask('dayzero', 'Jane', { kind: 'status', status: 404 });
    expect(gaps).toEqual([expect.objectContaining({ why: expect.stringContaining('wrong business id') })]);
  });
});

it('filters the users of a vendor that ignores the filter and returns all', async () => {
  const everyone = [...setup.pipeline.sandbox.vendors.mediasilo.users.values()];
  const { url } = await startOrigin((_, response) => response.end(JSON.stringify(everyone)));
  const connections = setup.pipeline.app.settings.connections
    .filter(({ provider }) => provider.id === 'mediasilo')
    .map((one) => ({ ...one, settings: { ...one.settings, baseUrl: url } }));
  const ports = await setup.pipeline.app.findPorts();
  const { users } = await find(connections, 'jane.doe@acme.example', 20, ports, new AbortController().signal);
  expect(users).toHaveLength(1);
});
