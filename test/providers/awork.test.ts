import { describe, expect, it } from 'vitest';
import { startDeadline } from '../../src/lib/async/deadline.ts';
import { stringifyJson } from '../../src/lib/json/json.ts';
import { useVendor } from '../support/vendors/vendor-under-test.ts';

const at = useVendor('awork');
const NAMES = ['birthDate', 'firstName', 'gender', 'language', 'lastName', 'position', 'title'];

it('sends back the other six fields as read, and only the seven names of the model', async () => {
  const before = at.held('priya');
  expect(await at.update('priya', { set: { position: 'CEO' } })).toMatchObject({ outcome: 'updated' });
  expect(Object.keys(at.body()).sort()).toEqual(NAMES);
  const after = at.held('priya');
  for (const name of NAMES) expect(after[name], name).toEqual(name === 'position' ? 'CEO' : before[name]);
  expect(after['workingTimeModel']).toEqual(before['workingTimeModel']);
});

it.each(['john', 'jane'] as const)('does not fill what %s has empty', async (key) => {
  const before = at.held(key);
  await at.update(key, { set: { position: 'CEO' } });
  const { title, gender, birthDate } = at.held(key);
  expect({ title, gender, birthDate }).toEqual({
    title: before['title'],
    gender: before['gender'],
    birthDate: before['birthDate'],
  });
});

it('treats a field that the record lacks as empty', async () => {
  at.edit('jane', (record) => {
    delete record['gender'];
  });
  await at.update('jane', { set: { position: 'CEO' } });
  expect(at.body()).toMatchObject({ gender: null });
});

it('reads resourceVersion to its last digit, so that versions differ', async () => {
  const version = at.held('jane')['resourceVersion'];
  expect(typeof version).toBe('bigint');
  const pipeline = at.pipeline;
  const ports = await pipeline.app.ports();
  const connection = pipeline.app.settings.connections.find(({ name }) => name === 'awork');
  if (!connection) throw new Error('awork is not connected');
  const { record } = await ports.records.read(connection, String(at.held('jane')['id']), startDeadline(5000));
  expect(stringifyJson({ version: record['resourceVersion'] })).toBe(`{"version":${version}}`);
});

describe('birthDate', () => {
  it.each([
    ['1988-04-19', 'unchanged'],
    ['1988-04-19T00:00:00Z', 'unchanged'],
    ['1988-04-19T00:00:00.000Z', 'unchanged'],
    ['1988-04-19T02:00:00+02:00', 'unchanged'],
    ['1988-04-20', 'updated'],
    ['1988-04-19T00:00:00+02:00', 'updated'],
  ])('%s against the stored 1988-04-19T00:00:00Z is %s', async (birthDate, outcome) => {
    expect(await at.update('jane', { set: { birthDate } })).toMatchObject({ outcome });
  });

  it('of tomorrow is rejected before anything is sent', async () => {
    const birthDate = new Date(Date.now() + 90_000_000).toISOString();
    const result = await at.update('jane', { set: { birthDate } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(result.message).toContain('future');
    expect(at.vendor.requests).toHaveLength(0);
  });
});

describe('emptying', () => {
  it('treats "" and null as equal: John’s empty title is already empty', async () => {
    expect(await at.update('john', { clear: ['title', 'birthDate', 'gender'] })).toMatchObject({
      outcome: 'unchanged',
    });
  });

  it.each([null, ''])('rejects %j in set, and points to clear', async (value) => {
    const result = await at.update('jane', { set: { title: value } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(result.message).toContain('clear: ["title"]');
    expect(at.vendor.requests).toHaveLength(0);
  });

  it('rejects a field in both set and clear', async () => {
    const result = await at.update('jane', { set: { title: 'Dr.' }, clear: ['title'] });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(at.vendor.requests).toHaveLength(0);
  });
});

it.each(['de', 'de-DE'])('accepts the language %s', async (language) => {
  expect(await at.update('jane', { set: { language } })).toMatchObject({ outcome: 'updated' });
});

it('says that a 401 may mean a missing permission', async () => {
  at.vendor.options.forbidden = true;
  const result = await at.update('jane', { set: { position: 'CEO' } });
  expect(result.message).toContain('user-master-data:write');
  expect(result).toMatchObject({ outcome: 'failed', code: 'credentials_rejected' });
});

it('cannot change the e-mail', async () => {
  const result = await at.update('jane', { set: { email: 'x@acme.example' } });
  expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
  expect(result.message).toContain('set.email');
});

it.each(['me', 'ME'])('does not update the user that %s stands for', async (user_id) => {
  const result = await at.pipeline.call('awork', { user_id, set: { position: 'CEO' } });
  expect(result).toMatchObject({ outcome: 'failed', code: 'not_found' });
  expect(at.puts()).toHaveLength(0);
});

it('reports the fields that the vendor names, by our names', async () => {
  at.vendor.faults.push({
    kind: 'status',
    method: 'PUT',
    status: 400,
    body: { code: 'validation-failed', validationErrors: [{ property: '$.language', message: 'No such language' }] },
  });
  const result = await at.update('jane', { set: { language: 'xx' } });
  expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_rejected' });
  expect(result.message).toContain('language');
  expect(result.message).toContain('(quoted): “No such language”');
});

it('reports each sentence with its own field', async () => {
  const validationErrors = [
    { property: 'FirstName', message: 'is too long' },
    { property: '$.language', message: 'No such language' },
  ];
  at.vendor.faults.push({ kind: 'status', method: 'PUT', status: 400, body: { validationErrors } });
  const result = await at.update('jane', { set: { language: 'xx' } });
  expect(result.message).toContain('awork said of firstName (quoted): “is too long”');
  expect(result.message).toContain('awork said of language (quoted): “No such language”');
});

it.each([
  ['duplication-violation', 'failed', 'uniqueness_conflict'],
  ['concurrency-violation', 'conflict', 'record_changed'],
  ['constructor', 'failed', 'upstream_rejected'],
])('decodes %s as %s, %s', async (code, outcome, expected) => {
  at.vendor.faults.push({ kind: 'status', method: 'PUT', status: 400, body: { code, description: 'No' } });
  expect(await at.update('jane', { set: { position: 'CEO' } })).toMatchObject({ outcome, code: expected });
});
