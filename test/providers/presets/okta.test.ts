import { describe, expect, it } from 'vitest';
import { isObject, type JsonRecord } from '../../../src/sandbox/json.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { searchAt } from '../../support/pipeline/find.ts';
import { startPipeline } from '../../support/pipeline/pipeline.ts';
import { useVendor } from '../../support/vendors/vendor-under-test.ts';

const at = useVendor('okta', { config: { providers: ['preset:okta'] } });
const login = 'jsmith@login.acme.example';
const profileOf = (record: JsonRecord) => (isObject(record['profile']) ? record['profile'] : {});
const profile = () => profileOf(at.held('jane'));

describe('a partial update', () => {
  it('sends the changed property alone, by POST and never by PUT', async () => {
    const before = at.held('jane');
    expect(await at.update('jane', { set: { title: 'Head' } })).toMatchObject({ outcome: 'updated' });
    expect(at.body()).toEqual({ profile: { title: 'Head' } });
    expect(new Set(at.vendor.requests.map(({ method }) => method))).toEqual(new Set(['GET', 'POST']));
    expect(profile()).toEqual({ ...profileOf(before), title: 'Head' });
  });

  it('unsets with null', async () => {
    await at.update('jane', { clear: ['nickName', 'profile.mentors'], set: { profile: { level: 6 } } });
    expect(at.body()).toEqual({ profile: { nickName: null, mentors: null, level: 6 } });
    expect(profile()).not.toHaveProperty('nickName');
    expect(profile()).toMatchObject({ level: 6, badge: 'B-1001', title: 'Product Manager' });
  });

  it('reaches a declared property by its own name only', async () => {
    const result = await at.update('jane', { set: { profile: { title: 'Head' } } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(at.vendor.requests).toEqual([]);
  });

  it('cannot set a status, which has calls of its own', async () => {
    const result = await at.update('jane', { set: { status: 'SUSPENDED' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
  });

  it('does not report when the password was changed as a change of its own', async () => {
    const result = await at.update('jane', { set: { password: 'Brand-New-55' } });
    expect(result).toMatchObject({ outcome: 'updated' });
    expect(result).not.toHaveProperty('collateral');
    expect(JSON.stringify(result)).not.toContain('Brand-New');
  });
});

describe('a user', () => {
  it('may be named by the login, and is the one with the id', async () => {
    const result = await at.pipeline.call('okta', { user_id: login, set: { title: 'Head' } });
    expect(result).toMatchObject({ outcome: 'updated', user: { id: idOf('okta', 'john') } });
    expect(at.puts()[0]?.path).toBe(`/api/v1/users/${idOf('okta', 'john')}`);
  });

  it.each(['jsmith', 'me'])('is not %s, which may be somebody else tomorrow', async (name) => {
    const result = await at.pipeline.call('okta', { user_id: name, set: { title: 'Head' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'not_found' });
    expect(at.puts()).toEqual([]);
  });
});

describe('an edit in between', () => {
  it('is kept: the write is conditional, and 412 is a conflict', async () => {
    at.vendor.faults.push({ kind: 'foreign-write', method: 'POST', patch: { profile: { nickName: 'Theirs' } } });
    const result = await at.update('jane', { set: { nickName: 'Ours' } });
    expect(at.puts()[0]?.headers['if-match']).toMatch(/^W\/"/);
    expect(result).toMatchObject({ outcome: 'conflict', code: 'record_changed' });
    expect(profile()['nickName']).toBe('Theirs');
  });
});

describe('what Okta says', () => {
  const refuse = (status: number, body: JsonRecord) =>
    at.vendor.faults.push({ kind: 'status', method: 'POST', status, body });

  it('names each cause', async () => {
    const errorCauses = [{ errorSummary: 'title: The field is too long' }];
    refuse(400, { errorCode: 'E0000001', errorSummary: 'Api validation failed: title', errorCauses });
    const result = await at.update('jane', { set: { title: 'Head' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_rejected' });
    expect(result.message).toContain('title: The field is too long');
  });

  it('tells a login that is taken from other faults', async () => {
    const result = await at.update('jane', { set: { login } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'uniqueness_conflict' });
  });

  it('explains why a deactivated user cannot be changed', async () => {
    at.vendor.options.deactivatedReadOnly = true;
    const result = await at.update('max', { set: { title: 'Head' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'forbidden' });
    expect(result.message).toContain('deactivated');
  });
});

describe('too many requests', () => {
  it('waits until the time in the header, in epoch seconds, and writes once', async () => {
    const reset = String(Math.ceil(Date.now() / 1000) + 1);
    at.vendor.faults.push({ kind: 'status', method: 'POST', status: 429, headers: { 'x-rate-limit-reset': reset } });
    expect(await at.update('jane', { set: { title: 'Head' } })).toMatchObject({ outcome: 'updated' });
    expect(at.puts()).toHaveLength(2);
    expect((at.puts()[1]?.at ?? 0) - (at.puts()[0]?.at ?? 0)).toBeGreaterThan(50);
  });

  it('says how long to wait, not how many seconds there have been since 1970', async () => {
    // The whole connection waits from then on, so this test has one of its own.
    const { sandbox, call } = await startPipeline({ config: { providers: ['preset:okta'] } });
    sandbox.vendors.okta.options.quota = { left: 0, until: Date.now() + 600_000 };
    const result = await call('okta', { user_id: idOf('okta', 'jane'), set: { title: 'Head' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'rate_limited' });
    const seconds = Number(/(\d+) s/.exec(`${result.message} ${result.next ?? ''}`)?.[1]);
    expect(seconds).toBeGreaterThan(590);
    expect(seconds).toBeLessThanOrEqual(601);
  });
});

describe('find_user', () => {
  const find = async (query: string) => {
    const { users, gaps } = await searchAt(at.pipeline, 'okta', query);
    return { ids: users.map(({ user_id }) => user_id), gaps };
  };
  const searches = () =>
    at.vendor.requests.flatMap(({ path }) => new URL(path, 'http://x.invalid').searchParams.get('search') ?? []);

  it.each([
    ['an address', 'JOHN.smith@acme.example', 'john'],
    ['a login', login, 'john'],
    ['a display name', 'Jane Doe', 'jane'],
    ['a first name', 'Priya', 'priya'],
    ['a name in its own script', '田中 美咲', 'misaki'],
    ['the name of somebody deactivated', 'Max Müller', 'max'],
  ] as const)('finds by %s', async (_, query, key) => {
    expect((await find(query)).ids).toEqual([idOf('okta', key)]);
  });

  it('finds both of the same name', async () => {
    expect((await find('Anna Lee')).ids.sort()).toEqual([idOf('okta', 'anna'), idOf('okta', 'anna2')].sort());
  });

  it('cannot be made to find more by a quote', async () => {
    const query = 'x" or profile.login sw "';
    expect((await find(query)).ids).toEqual([]);
    expect(searches().length).toBeGreaterThan(0);
    for (const search of searches()) expect(search).toContain(JSON.stringify(query));
  });

  it('follows the Link to the next page, on the connection’s own host only', async () => {
    at.vendor.options.pageLimit = 1;
    expect((await find('Anna')).ids).toHaveLength(2);
    const elsewhere = 'http://127.0.0.1:1/okta/api/v1/users?after=x';
    at.vendor.faults.push({
      kind: 'status',
      status: 200,
      path: 'search=',
      times: 3,
      headers: { link: `<${elsewhere}>; rel="next"` },
      body: [],
    });
    const { ids, gaps } = await find('Anna');
    expect(ids).toEqual([]);
    expect(gaps).toEqual([expect.objectContaining({ why: expect.stringContaining('another address') })]);
  });

  it('says that the search lags where it finds nobody; an update does not wait for it', async () => {
    at.vendor.options.searchLagMs = 60_000;
    const changed = await at.update('jane', { set: { email: 'jane.new@acme.example' } });
    expect(changed).toMatchObject({ outcome: 'updated' });
    const { ids, gaps } = await find('jane.new@acme.example');
    expect(ids).toEqual([]);
    expect(gaps).toEqual([expect.objectContaining({ why: expect.stringContaining('lags') })]);
  });
});
