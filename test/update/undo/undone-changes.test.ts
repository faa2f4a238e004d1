import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringifyJson } from '../../../src/lib/json/json.ts';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { createSeal } from '../../../src/store/seal.ts';
import { undoRequest } from '../../../src/update/undo/request.ts';
import { createPipeline, type Pipeline, putsAt, stored } from '../../support/pipeline/pipeline.ts';
import { undo } from '../../support/pipeline/undo.ts';
import { plainField } from '../../support/vendors/plain-provider.ts';

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await createPipeline();
});
beforeEach(() => {
  for (const vendor of Object.values(pipeline.sandbox.vendors)) vendor.reset();
});
afterAll(() => pipeline.stop());

const jane = idOf('atomicwork', 'jane');
const record = () => stored(pipeline.sandbox, 'atomicwork', jane);
const change = async (set: object) => {
  const { change_id = '' } = await pipeline.call('atomicwork', { user_id: jane, set });
  return change_id;
};

it('puts back one change and masks what it puts back', async () => {
  const before = record();
  const result = await undo(pipeline, await change({ title: 'Boss', first_name: 'Janet' }));
  expect(result.outcome).toBe('updated');
  expect(record()['first_name']).toBe(before['first_name']);
  expect(result.changes).toContainEqual({ field: 'first_name', before: 'J•••', after: 'J•••' });
});

it('undoes an undo', async () => {
  const { change_id = '' } = await undo(pipeline, await change({ title: 'Boss' }));
  const result = await undo(pipeline, change_id);
  expect(result.outcome).toBe('updated');
  expect(record()['title']).toBe('Boss');
});

it('answers unchanged the second time, and writes nothing', async () => {
  const id = await change({ title: 'Boss' });
  await undo(pipeline, id);
  const writes = putsAt(pipeline.sandbox, 'atomicwork').length;
  expect((await undo(pipeline, id)).outcome).toBe('unchanged');
  expect(putsAt(pipeline.sandbox, 'atomicwork')).toHaveLength(writes);
});

it('offers to put back what the vendor changed unasked', async () => {
  const before = record();
  pipeline.sandbox.vendors.atomicwork.options.collateral = { field: 'language', value: 'tlh' };
  const updated = await pipeline.call('atomicwork', { user_id: jane, set: { title: 'Boss' } });
  delete pipeline.sandbox.vendors.atomicwork.options.collateral;
  expect(updated.collateral).toEqual([{ field: 'language', before: before['language'], after: 'tlh' }]);
  expect(updated.message).toContain('language');
  await undo(pipeline, updated.change_id ?? '');
  expect(record()).toMatchObject({ title: before['title'], language: before['language'] });
});

it('says that a secret cannot be put back, and puts back the rest', async () => {
  const before = record();
  const result = await undo(pipeline, await change({ title: 'Boss', password: 'Correct-Horse-9' }));
  expect(result).toMatchObject({ outcome: 'updated' });
  expect(result.message).toContain('A secret cannot be put back');
  expect(record()['title']).toBe(before['title']);
});

it('refuses a change of nothing but a secret, with the reason', async () => {
  const id = await change({ password: 'Correct-Horse-9' });
  await expect(undo(pipeline, id)).rejects.toThrow(/nothing of that change can be put back.*secret/);
});

it('takes an address that the vendor keeps in lower case for what the change left', async () => {
  const before = record();
  const id = await change({ email: 'Jane.New@acme.example' });
  const held = pipeline.sandbox.vendors.atomicwork.users.get(jane);
  if (held) held['email'] = 'jane.new@acme.example';
  const result = await undo(pipeline, id, { overwrite: false });
  expect(result.outcome).toBe('updated');
  expect(result.left).toBeUndefined();
  expect(record()['email']).toBe(before['email']);
});

it('leaves a contested field alone and undoes the others where only they are agreed to', async () => {
  const before = record();
  const id = await change({ title: 'Boss', level: 'L9' });
  const held = pipeline.sandbox.vendors.atomicwork.users.get(jane);
  if (held) held['level'] = 'L3';
  const result = await undo(pipeline, id, { overwrite: false });
  expect(result).toMatchObject({ outcome: 'updated', left: ['level'] });
  expect(record()).toMatchObject({ title: before['title'], level: 'L3' });
});

it('asks no question for untouched fields where policy allows it, and always one for contested fields', async () => {
  const before = record();
  const id = await change({ title: 'Boss', level: 'L9' });
  const held = pipeline.sandbox.vendors.atomicwork.users.get(jane);
  if (held) held['level'] = 'L3';
  const result = await undo(pipeline, id, { canAsk: false });
  expect(result).toMatchObject({ outcome: 'updated', left: ['level'] });
  expect(record()).toMatchObject({ title: before['title'], level: 'L3' });
});

describe('a preview', () => {
  it.each([
    ['a client that can ask', { canAsk: true }, 'A person would be asked first.'],
    ['a client that cannot', { canAsk: false }, 'Policy allows what has not changed since.'],
  ])('for %s names the fields that changed since', async (_client, how, would) => {
    const id = await change({ title: 'Boss', level: 'L9', password: 'Correct-Horse-9' });
    const held = pipeline.sandbox.vendors.atomicwork.users.get(jane);
    if (held) held['level'] = 'L3';
    const { message, ...preview } = await undo(pipeline, id, { ...how, dryRun: true });
    expect(preview).toMatchObject({ outcome: 'preview', contested: ['level'], changes: { length: 2 } });
    expect(message).toBe(
      `A preview; nothing was sent. ${would} Changed since by someone else: level. To overwrite that needs its own yes. A secret cannot be put back: its old value is not kept anywhere.`,
    );
    expect(record()).toMatchObject({ title: 'Boss', level: 'L3' });
  });

  it('of nothing contested says what policy says', async () => {
    const preview = await undo(pipeline, await change({ title: 'Boss' }), { dryRun: true });
    expect(preview).not.toHaveProperty('contested');
    expect(preview.message).toContain('Policy allows it without a question.');
  });
});

it('puts a day back without the time it was read with', async () => {
  const held = pipeline.sandbox.vendors.atomicwork.users.get(jane) ?? {};
  const day = held['joined_on'];
  held['joined_on'] = `${day}T00:00:00Z`;
  expect((await undo(pipeline, await change({ joined_on: '1991-01-01' }))).outcome).toBe('updated');
  expect(record()['joined_on']).toBe(day);
});

describe('where references are read with their names', () => {
  beforeEach(() => {
    pipeline.sandbox.vendors.atomicwork.options.objectRefs = true;
  });

  it.each([
    ['department', 12],
    ['team', 5],
    ['manager', 10024],
    ['hr', '9007199254740993'],
    ['company_legal_entity', 4],
    ['org_roles', [42]],
  ])('puts %s back as the vendor takes it', async (field, value) => {
    const before = record();
    const id = await change({ [field]: value, title: 'Boss' });
    const { outcome } = await undo(pipeline, id);
    expect(outcome).toBe('updated');
    expect({ ...record(), updated_at: '' }).toEqual({ ...before, updated_at: '' });
    const body = putsAt(pipeline.sandbox, 'atomicwork').at(-1)?.body as JsonObject;
    expect(body[field]).toEqual(before[field]);
  });

  it('shows no names to an audience without a need to know', async () => {
    const { vendors } = pipeline.sandbox;
    vendors.atomicwork.options.collateral = { field: 'hr', value: 9_007_199_254_740_993n };
    const result = await pipeline.call('atomicwork', { user_id: jane, set: { manager: 10024, org_roles: [42] } });
    expect(result).toMatchObject({
      changes: [
        { field: 'manager', before: 9_007_199_254_740_993n, after: 10024 },
        { field: 'org_roles', before: [41, 9_007_199_254_741_001n], after: [42] },
      ],
      collateral: [{ field: 'hr', before: 10024, after: 9_007_199_254_740_993n }],
    });
    const [row] = await (await pipeline.app.store()).list({ changeId: result.change_id ?? '', limit: 1 });
    for (const told of [result, row]) expect(stringifyJson(told)).not.toMatch(/Priya|Natarajan|Org Admin/);
  });

  it('lets no name of theirs through in what the vendor says', async () => {
    const body = { error: 'Only Priya Natarajan may change that', code: 'BAD_REQUEST' };
    pipeline.sandbox.vendors.atomicwork.faults.push({ kind: 'status', method: 'PUT', status: 400, body });
    const { message } = await pipeline.call('atomicwork', { user_id: jane, set: { title: 'Boss' } });
    expect(message).toContain('Only [redacted] may change that');
  });
});

it('takes an extension away again that only the change had brought', async () => {
  const john = idOf('atlassian', 'john');
  const held = pipeline.sandbox.vendors.atlassian.users.get(john) ?? {};
  const urn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
  delete held[urn];
  held['schemas'] = (held['schemas'] as string[]).filter((schema) => schema !== urn);
  const { meta: _, ...before } = stored(pipeline.sandbox, 'atlassian', john);
  const { change_id = '' } = await pipeline.call('atlassian', { user_id: john, set: { department: 'Moon' } });
  expect(stored(pipeline.sandbox, 'atlassian', john)[urn]).toEqual({ department: 'Moon' });
  await undo(pipeline, change_id);
  const { meta: __, ...after } = stored(pipeline.sandbox, 'atlassian', john);
  expect(after).toEqual(before);
});

describe('refuses', () => {
  it('a change without an entry', async () => {
    await expect(undo(pipeline, 'no-such-change')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('what changed nothing', async () => {
    pipeline.sandbox.vendors.atomicwork.options.forbidden = true;
    await expect(undo(pipeline, await change({ title: 'Boss' }))).rejects.toThrow(/ended failed and changed nothing/);
  });

  it('what was sealed with another key, with a clear word', async () => {
    const id = await change({ title: 'Boss' });
    const ports = { ...(await pipeline.app.ports()), seal: createSeal(new Uint8Array(32).fill(7)) };
    const wanted = undoRequest('undo_change', { change_id: id }, pipeline.app.settings.connections, ports);
    await expect(wanted).rejects.toThrow(/another key \(UPDATE_USER_KEY\)/);
  });

  it('a key of an open object that is a field of its own by now', async () => {
    const id = await change({ custom_fields: { badge: 'B-1', desk: '4' } });
    const own = { ...plainField(), at: ['custom_fields', 'badge'] };
    const connections = pipeline.app.settings.connections.map((one) => {
      return { ...one, provider: { ...one.provider, fields: { ...one.provider.fields, badge: own } } };
    });
    const wanted = undoRequest('undo_change', { change_id: id }, connections, await pipeline.app.ports());
    await expect(wanted).rejects.toThrow(/custom_fields\.badge: is the field badge; name it by itself/);
    const desk = await change({ custom_fields: { desk: '5' } });
    const other = undoRequest('undo_change', { change_id: desk }, connections, await pipeline.app.ports());
    await expect(other).resolves.toBeDefined();
  });

  it('what is no longer kept', async () => {
    const id = await change({ title: 'Boss' });
    await (await pipeline.app.store()).purgeExpired(Date.now() + 31 * 86_400_000);
    await expect(undo(pipeline, id)).rejects.toThrow(/no longer kept/);
  });
});
