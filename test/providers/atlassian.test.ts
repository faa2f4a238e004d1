import { describe, expect, it } from 'vitest';
import type { JsonRecord } from '../../src/sandbox/index.ts';
import { CUSTOM, ENTERPRISE, EXTERNAL } from '../../src/sandbox/vendors/atlassian/people.ts';
import { undo } from '../support/pipeline/undo.ts';
import { asObject, without } from '../support/vendors/samples.ts';
import { useVendor } from '../support/vendors/vendor-under-test.ts';

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
  ])('would make active true when the record %s: nothing is sent until the call names it', async (_name, change) => {
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
  ])('sends complete schemas when they are read %s, and does not report them as collateral', async (_name, schemas) => {
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

describe('attribute names in another case', () => {
  const rename = (record: JsonRecord, from: string, to: string) => {
    const value = record[from];
    delete record[from];
    if (value !== undefined) record[to] = value;
  };
  const spelled = (body: JsonRecord, name: string) =>
    Object.keys(body).filter((key) => key.toLowerCase() === name.toLowerCase());

  it.each(['title', 'userName', 'emails', 'active', 'name', 'schemas', ENTERPRISE])(
    'are the same attribute, never written twice: %s',
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

  it('are the same inside objects, lists and extensions too', async () => {
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

  it('stop the change when they give one attribute two values', async () => {
    at.edit('jane', (record) => void (record['Title'] = 'Another'));
    const result = await at.update('jane', { set: { nickName: 'JD' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_rejected' });
    expect(result.message).toContain('title twice');
    expect(at.puts()).toHaveLength(0);
  });

  it('stay as they are for unknown attributes', async () => {
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
  ])('that is stored %s is written to both places', async (_name, change) => {
    at.edit('jane', change);
    const others = without(at.held('jane'), field, ENTERPRISE, 'meta');
    const result = await at.update('jane', { set: { [field]: 'Platform' } });
    expect(result).toMatchObject({ outcome: 'updated' });
    expect(result.collateral).toBeUndefined();
    expect(places(at.held('jane'))).toEqual(['Platform', 'Platform']);
    expect(without(at.held('jane'), field, ENTERPRISE, 'meta')).toEqual(others);
  });

  it('is written when only one place has the target value', async () => {
    at.edit('jane', (record) => void delete asObject(record[ENTERPRISE])[field]);
    expect(await at.update('jane', { set: { [field]: at.held('jane')[field] } })).toMatchObject({ outcome: 'updated' });
    const [top, inner] = places(at.held('jane'));
    expect(inner).toBe(top);
  });

  it('shows the value of the extension when only that changes, and undo restores both', async () => {
    at.edit('jane', (record) => void (record[field] = 'Sales'));
    const before = places(at.held('jane'));
    const result = await at.update('jane', { set: { [field]: 'Sales' } });
    expect(result.changes).toEqual([{ field, before: before[1], after: 'Sales' }]);
    expect(places(at.held('jane'))).toEqual(['Sales', 'Sales']);
    expect(await undo(at.pipeline, result.change_id ?? '')).toMatchObject({ outcome: 'updated' });
    expect(places(at.held('jane'))).toEqual(before);
  });

  it('is written to an extension that did not exist, and the extension is listed', async () => {
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

  it('shows the value of the extension as the old one when the top level has none', async () => {
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

  it('are unchanged in another order', async () => {
    const emails = [...(at.held('jane')['emails'] as JsonRecord[])].reverse();
    expect(await at.update('jane', { set: { emails } })).toMatchObject({ outcome: 'unchanged' });
  });

  it('of another user end as uniqueness_conflict, and nothing changes', async () => {
    const before = at.held('jane');
    const result = await at.update('jane', { set: { emails: [{ ...work, value: 'john.smith@acme.example' }] } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'uniqueness_conflict' });
    expect(result.message).toContain('Nothing was changed');
    expect(at.held('jane')).toEqual(before);
  });

  it('without a primary one in the record stop every update until the call gives one', async () => {
    at.edit('jane', (record) => void (record['emails'] = [{ value: 'jane.doe@acme.example', type: 'work' }]));
    const result = await at.update('jane', { set: { title: 'CEO' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(result.message).toContain('emails');
    expect(at.puts()).toHaveLength(0);
    expect(await at.update('jane', { set: { title: 'CEO', emails: [work] } })).toMatchObject({ outcome: 'updated' });
  });

  it('of an unverified domain remove the groups, which is reported as collateral', async () => {
    at.vendor.options.verifiedDomains = ['acme.example'];
    const emails = [{ ...work, value: 'jane@elsewhere.example' }];
    const result = await at.update('jane', { set: { emails } });
    expect(result).toMatchObject({ outcome: 'updated' });
    const names = result.collateral?.map(({ field }) => field) ?? [];
    expect(names).toEqual(expect.arrayContaining(['groups', EXTERNAL]));
    expect(result.message).toContain('groups');
  });
});

it('reports a taken userName by the vendor’s own code, scrubbed', async () => {
  const result = await at.update('jane', { set: { userName: 'jsmith' } });
  expect(result).toMatchObject({ outcome: 'failed', code: 'uniqueness_conflict' });
});

it('requires a userName when the record has none', async () => {
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
  ])('%j is added to the query of the PUT only', async (shape, query) => {
    const before = at.held('jane');
    const result = await at.update('jane', { set: { title: 'CEO' }, ...shape });
    expect(result).toMatchObject({ outcome: 'updated' });
    expect(at.puts()[0]?.path.endsWith(query)).toBe(true);
    expect(gets().length).toBeGreaterThanOrEqual(2);
    for (const { path } of gets()) expect(path).not.toMatch(/ttributes/);
    expect(without(at.held('jane'), 'meta', 'title')).toEqual(without(before, 'meta', 'title'));
  });

  it('shape the returned user, which is masked', async () => {
    const args = { set: { title: 'CEO' }, attributes: 'title,emails.value' };
    const { user } = await at.update('jane', args);
    const returned = user.attributes as JsonRecord;
    expect(Object.keys(returned).sort()).toEqual(['emails', 'id', 'schemas', 'title']);
    expect(returned['title']).toBe('CEO');
    expect(JSON.stringify(returned)).not.toContain('jane.doe@');
  });

  it('leave out excluded attributes', async () => {
    const { user } = await at.update('jane', { set: { title: 'CEO' }, excluded_attributes: 'emails,name' });
    expect(user.attributes).not.toHaveProperty('emails');
    expect(user.attributes).toHaveProperty('title');
  });

  it('cannot be combined', async () => {
    const args = { set: { title: 'CEO' }, attributes: 'title', excluded_attributes: 'name' };
    expect(await at.update('jane', args)).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(at.vendor.requests).toHaveLength(0);
  });

  it('are arguments of this provider only', async () => {
    const result = await at.pipeline.call('awork', { user_id: 'x', set: { position: 'x' }, attributes: 'position' });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
  });
});

describe('entity tags', () => {
  it('are not sent to a service that does not announce them', async () => {
    await at.update('jane', { set: { title: 'CEO' } });
    expect(at.puts()[0]?.headers).not.toHaveProperty('if-match');
  });

  it('are not sent to a service that shows one but says that it does not honour it', async () => {
    at.edit('jane', (record) => void (record['meta'] = { ...asObject(record['meta']), version: 'W/"1"' }));
    await at.update('jane', { set: { title: 'CEO' } });
    expect(at.puts()[0]?.headers).not.toHaveProperty('if-match');
  });

  describe('of a service that announces them', () => {
    const tagged = useVendor('atlassian');

    it('are sent, and a stale one ends as a conflict that keeps the foreign value', async () => {
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

it('warns of a changed domain in the question', async () => {
  const asking = await import('../support/pipeline/pipeline.ts').then(({ createPipeline }) =>
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
