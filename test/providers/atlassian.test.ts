import { describe, expect, it } from 'vitest';
import type { JsonRecord } from '../../src/sandbox/index.ts';
import { CUSTOM, ENTERPRISE, EXTERNAL } from '../../src/sandbox/vendors/atlassian/people.ts';
import { asObject, without } from '../support/samples.ts';
import { undo } from '../support/undo.ts';
import { useVendor } from '../support/vendor-under-test.ts';

const at = useVendor('atlassian');
const BADGE = 'urn:acme:params:scim:schemas:extension:badge:1.0:User';

describe('a replacing PUT', () => {
  it('keeps a deactivated person deactivated through a change of title', async () => {
    expect(await at.update('max', { set: { title: 'Alumnus' } })).toMatchObject({ outcome: 'updated' });
    expect(at.body()['active']).toBe(false);
    expect(at.held('max')['active']).toBe(false);
  });

  it('sends back unknown attributes and extensions, and the externalId', async () => {
    const before = at.held('priya');
    await at.update('priya', { set: { title: 'CEO' } });
    const after = at.held('priya');
    for (const name of ['externalId', 'userType', 'locale', 'addresses', CUSTOM, BADGE, ENTERPRISE, 'schemas'])
      expect(after[name], name).toEqual(before[name]);
    expect(at.puts()[0]?.rawBody).toContain('"badgeNumber":9223372036854775807');
  });

  it.each([
    ['leaves it out', (record: JsonRecord) => void delete record['active']],
    ['shows it as null', (record: JsonRecord) => void (record['active'] = null)],
  ])('would make active true where the record %s: nothing is sent until it is named', async (_name, change) => {
    at.edit('max', change);
    const unnamed = await at.update('max', { set: { title: 'Alumnus' } });
    expect(unnamed).toMatchObject({ outcome: 'failed' });
    expect(unnamed.message).toContain('active');
    expect(at.puts()).toHaveLength(0);
    const named = await at.update('max', { set: { title: 'Alumnus', active: false } });
    expect(named).toMatchObject({ outcome: 'updated' });
    expect(at.body()['active']).toBe(false);
  });

  it.each([
    ['not at all', undefined],
    ['empty', []],
  ])('carries its schemas where they are read %s, and calls them no collateral', async (_name, schemas) => {
    const before = at.held('jane')['schemas'];
    at.edit('jane', (record) => {
      delete record['schemas'];
      if (schemas) record['schemas'] = schemas;
    });
    const result = await at.update('jane', { set: { title: 'CEO' } });
    expect(result).toMatchObject({ outcome: 'updated' });
    expect(result.collateral).toBeUndefined();
    const external = (schema: unknown) => schema !== EXTERNAL;
    expect([...(at.body()['schemas'] as string[])].sort()).toEqual((before as string[]).filter(external).sort());
  });

  it.each(['id', 'meta', 'groups', EXTERNAL])('leaves out %s, which the service keeps itself', async (name) => {
    await at.update('jane', { set: { title: 'CEO' } });
    expect(at.body()).not.toHaveProperty([name]);
    expect(at.held('jane')).toHaveProperty([name]);
  });
});

describe('names in another case', () => {
  const rename = (record: JsonRecord, from: string, to: string) => {
    const value = record[from];
    delete record[from];
    if (value !== undefined) record[to] = value;
  };
  const spelled = (body: JsonRecord, name: string) =>
    Object.keys(body).filter((key) => key.toLowerCase() === name.toLowerCase());

  it.each(['title', 'userName', 'emails', 'active', 'name', 'schemas', ENTERPRISE])(
    'are one attribute with ours, never written twice: %s',
    async (name) => {
      at.edit('jane', (record) => rename(record, name, name.toUpperCase()));
      const result = await at.update('jane', { set: { title: 'CEO', department: 'Board' } });
      expect(result).toMatchObject({ outcome: 'updated' });
      expect(result.collateral).toBeUndefined();
      for (const own of ['title', 'userName', 'emails', 'active', 'name', 'schemas', ENTERPRISE]) {
        expect(spelled(at.body(), own), own).toEqual([own]);
      }
      expect(at.body()).toMatchObject({ title: 'CEO', [ENTERPRISE]: { department: 'Board' } });
    },
  );

  it('are one inside of objects, lists and extensions too', async () => {
    at.edit('jane', (record) => {
      rename(asObject(record['name']), 'familyName', 'FAMILYNAME');
      rename(asObject(record[ENTERPRISE]), 'department', 'Department');
      for (const email of record['emails'] as JsonRecord[]) {
        rename(email, 'primary', 'Primary');
        rename(email, 'value', 'VALUE');
      }
      record['schemas'] = (record['schemas'] as string[]).map((urn) => urn.toUpperCase());
    });
    const set = { name: { familyName: 'Roe' }, department: 'Board' };
    expect(await at.update('jane', { set })).toMatchObject({ outcome: 'updated' });
    const body = at.body();
    expect(spelled(asObject(body['name']), 'familyName')).toEqual(['familyName']);
    expect(spelled(asObject(body[ENTERPRISE]), 'department')).toEqual(['department']);
    for (const email of body['emails'] as JsonRecord[]) {
      expect(Object.keys(email).sort()).toEqual(['primary', 'type', 'value']);
    }
    const urns = (body['schemas'] as string[]).map((urn) => urn.toLowerCase());
    expect(new Set(urns).size).toBe(urns.length);
  });

  it('that say two things of one attribute stop the change', async () => {
    at.edit('jane', (record) => void (record['Title'] = 'Another'));
    const result = await at.update('jane', { set: { nickName: 'JD' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_rejected' });
    expect(result.message).toContain('title twice');
    expect(at.puts()).toHaveLength(0);
  });

  it('of unknown attributes stay as they are', async () => {
    at.edit('jane', (record) => void (record['X-Badge'] = { Number: 7 }));
    await at.update('jane', { set: { title: 'CEO' } });
    expect(at.body()['X-Badge']).toEqual({ Number: 7 });
  });
});

describe.each(['department', 'organization'])('%s', (field) => {
  const places = (record: JsonRecord) => [record[field], asObject(record[ENTERPRISE])[field]];

  it.each([
    ['in both places', () => {}],
    ['at the top level only', (record: JsonRecord) => void delete asObject(record[ENTERPRISE])[field]],
    ['in the extension only', (record: JsonRecord) => void delete record[field]],
    ['with another value in each', (record: JsonRecord) => void (record[field] = 'Elsewhere')],
    ['nowhere', (record: JsonRecord) => void (delete record[field], delete asObject(record[ENTERPRISE])[field])],
  ])('that stands %s is written to both', async (_name, change) => {
    at.edit('jane', change);
    const others = without(at.held('jane'), field, ENTERPRISE, 'meta');
    const result = await at.update('jane', { set: { [field]: 'Platform' } });
    expect(result).toMatchObject({ outcome: 'updated' });
    expect(result.collateral).toBeUndefined();
    expect(places(at.held('jane'))).toEqual(['Platform', 'Platform']);
    expect(without(at.held('jane'), field, ENTERPRISE, 'meta')).toEqual(others);
  });

  it('is brought in step where only one place holds what is wanted', async () => {
    at.edit('jane', (record) => void delete asObject(record[ENTERPRISE])[field]);
    expect(await at.update('jane', { set: { [field]: at.held('jane')[field] } })).toMatchObject({ outcome: 'updated' });
    const [top, inner] = places(at.held('jane'));
    expect(inner).toBe(top);
  });

  it('shows what the extension holds where only that moves, and an undo puts back both as they were', async () => {
    at.edit('jane', (record) => void (record[field] = 'Sales'));
    const before = places(at.held('jane'));
    const result = await at.update('jane', { set: { [field]: 'Sales' } });
    expect(result.changes).toEqual([{ field, before: before[1], after: 'Sales' }]);
    expect(places(at.held('jane'))).toEqual(['Sales', 'Sales']);
    expect(await undo(at.pipeline, result.change_id ?? '')).toMatchObject({ outcome: 'updated' });
    expect(places(at.held('jane'))).toEqual(before);
  });

  it('is put into an extension that was not there, and the extension is listed', async () => {
    at.edit('jane', (record) => {
      delete record[ENTERPRISE];
      record['schemas'] = ['urn:ietf:params:scim:schemas:core:2.0:User'];
    });
    await at.update('jane', { set: { [field]: 'Platform' } });
    expect(places(at.held('jane'))).toEqual(['Platform', 'Platform']);
    expect(at.body()['schemas']).toEqual(['urn:ietf:params:scim:schemas:core:2.0:User', CUSTOM, ENTERPRISE]);
  });

  it('is cleared in both places', async () => {
    expect(await at.update('jane', { clear: [field] })).toMatchObject({ outcome: 'updated', cleared: [field] });
    expect(places(at.held('jane'))).toEqual([undefined, undefined]);
  });

  it('shows the value of the extension as the old one where the top level has none', async () => {
    at.edit('jane', (record) => void delete record[field]);
    const inner = asObject(at.held('jane')[ENTERPRISE])[field];
    const result = await at.update('jane', { set: { [field]: 'Platform' } });
    expect(result.changes).toEqual([
      { field, before: null, after: 'Platform' },
      { field, before: inner, after: 'Platform' },
    ]);
  });
});

describe('emails', () => {
  const work = { value: 'jane.new@acme.example', type: 'work', primary: true };

  it('are replaced whole', async () => {
    expect(await at.update('jane', { set: { emails: [work] } })).toMatchObject({ outcome: 'updated' });
    expect(at.held('jane')['emails']).toEqual([work]);
  });

  it('are the same in another order', async () => {
    const emails = [...(at.held('jane')['emails'] as JsonRecord[])].reverse();
    expect(await at.update('jane', { set: { emails } })).toMatchObject({ outcome: 'unchanged' });
  });

  it('taken by somebody else end as uniqueness_conflict, and nothing moves', async () => {
    const before = at.held('jane');
    const result = await at.update('jane', { set: { emails: [{ ...work, value: 'john.smith@acme.example' }] } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'uniqueness_conflict' });
    expect(result.message).toContain('Nothing was changed');
    expect(at.held('jane')).toEqual(before);
  });

  it('without a primary in the record stop every update until one is given', async () => {
    at.edit('jane', (record) => void (record['emails'] = [{ value: 'jane.doe@acme.example', type: 'work' }]));
    const result = await at.update('jane', { set: { title: 'CEO' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(result.message).toContain('emails');
    expect(at.puts()).toHaveLength(0);
    expect(await at.update('jane', { set: { title: 'CEO', emails: [work] } })).toMatchObject({ outcome: 'updated' });
  });

  it('of an unverified domain cost the groups: that is named as collateral', async () => {
    at.vendor.options.verifiedDomains = ['acme.example'];
    const emails = [{ ...work, value: 'jane@elsewhere.example' }];
    const result = await at.update('jane', { set: { emails } });
    expect(result).toMatchObject({ outcome: 'updated' });
    const names = result.collateral?.map(({ field }) => field) ?? [];
    expect(names).toEqual(expect.arrayContaining(['groups', EXTERNAL]));
    expect(result.message).toContain('groups');
  });
});

it('refuses a taken userName with the vendor’s own code, scrubbed', async () => {
  const result = await at.update('jane', { set: { userName: 'jsmith' } });
  expect(result).toMatchObject({ outcome: 'failed', code: 'uniqueness_conflict' });
});

it('asks for a userName where the record has none', async () => {
  at.edit('jane', (record) => void delete record['userName']);
  const result = await at.update('jane', { set: { title: 'CEO' } });
  expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
  expect(result.message).toContain('userName');
});

describe('attributes and excluded_attributes', () => {
  const gets = () => at.vendor.requests.filter(({ method }) => method === 'GET');

  it.each([
    [{ attributes: 'userName,emails.value' }, '?attributes=userName%2Cemails.value'],
    [{ excluded_attributes: 'groups,meta' }, '?excludedAttributes=groups%2Cmeta'],
  ])('%j goes on the query of the PUT only', async (shape, query) => {
    const before = at.held('jane');
    const result = await at.update('jane', { set: { title: 'CEO' }, ...shape });
    expect(result).toMatchObject({ outcome: 'updated' });
    expect(at.puts()[0]?.path.endsWith(query)).toBe(true);
    expect(gets().length).toBeGreaterThanOrEqual(2);
    for (const { path } of gets()) expect(path).not.toMatch(/ttributes/);
    expect(without(at.held('jane'), 'meta', 'title')).toEqual(without(before, 'meta', 'title'));
  });

  it('shape the user that is returned, masked', async () => {
    const args = { set: { title: 'CEO' }, attributes: 'title,emails.value' };
    const { user } = await at.update('jane', args);
    const returned = user.attributes as JsonRecord;
    expect(Object.keys(returned).sort()).toEqual(['emails', 'id', 'schemas', 'title']);
    expect(returned['title']).toBe('CEO');
    expect(JSON.stringify(returned)).not.toContain('jane.doe@');
  });

  it('exclude what is left out', async () => {
    const { user } = await at.update('jane', { set: { title: 'CEO' }, excluded_attributes: 'emails,name' });
    expect(user.attributes).not.toHaveProperty('emails');
    expect(user.attributes).toHaveProperty('title');
  });

  it('cannot be combined', async () => {
    const args = { set: { title: 'CEO' }, attributes: 'title', excluded_attributes: 'name' };
    expect(await at.update('jane', args)).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(at.vendor.requests).toHaveLength(0);
  });

  it('are arguments here only', async () => {
    const result = await at.pipeline.call('awork', { user_id: 'x', set: { position: 'x' }, attributes: 'position' });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
  });
});

describe('entity tags', () => {
  it('are not sent to a service that does not announce them', async () => {
    await at.update('jane', { set: { title: 'CEO' } });
    expect(at.puts()[0]?.headers).not.toHaveProperty('if-match');
  });

  it('are not sent where the service shows one but says it does not honour it', async () => {
    at.edit('jane', (record) => void (record['meta'] = { ...asObject(record['meta']), version: 'W/"1"' }));
    await at.update('jane', { set: { title: 'CEO' } });
    expect(at.puts()[0]?.headers).not.toHaveProperty('if-match');
  });

  describe('of a service that announces them', () => {
    const tagged = useVendor('atlassian');

    it('go along, and a stale one ends as a conflict with the foreign value kept', async () => {
      tagged.vendor.options.etag = true;
      expect(await tagged.update('john', { set: { title: 'CEO' } })).toMatchObject({ outcome: 'updated' });
      expect(tagged.body()).toMatchObject({ title: 'CEO' });
      expect(tagged.puts()[0]?.headers['if-match']).toMatch(/^W\/"/);

      tagged.vendor.faults.push({ kind: 'foreign-write', method: 'PUT', patch: { nickName: 'Somebody else' } });
      const result = await tagged.update('jane', { set: { title: 'CEO' } });
      expect(result).toMatchObject({ outcome: 'conflict', code: 'record_changed' });
      expect(tagged.held('jane')).toMatchObject({ nickName: 'Somebody else', title: 'Product Manager' });
      const asked = tagged.vendor.requests.filter(({ path }) => path.includes('ServiceProviderConfig'));
      expect(asked).toHaveLength(1);
    });
  });
});

it('does not write through another spelling of the id', async () => {
  const result = await at.pipeline.call('atlassian', { user_id: 'jane.doe@acme.example', set: { title: 'CEO' } });
  expect(result).toMatchObject({ outcome: 'failed', code: 'not_found' });
});

it('warns of a domain that changes, in the question', async () => {
  const asking = await import('../support/pipeline.ts').then(({ createPipeline }) =>
    createPipeline({ config: { policy: {} } }),
  );
  const emails = [{ value: 'jane@elsewhere.example', primary: true }];
  const user_id = String(at.held('jane')['id']);
  const outcome = await asking.converse('atlassian', { user_id, set: { emails } });
  await asking.stop();
  if (outcome.kind !== 'ask') throw new Error('no question');
  expect(outcome.question.message).toContain('The e-mail domain changes');
  expect(outcome.question.typed).toBe('Jane Doe');
});
