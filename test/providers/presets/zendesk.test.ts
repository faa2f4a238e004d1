import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/sandbox/index.ts';
import type { JsonRecord } from '../../../src/sandbox/json.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { identitiesOf } from '../../../src/sandbox/vendors/zendesk/identities.ts';
import { searchAt } from '../../support/pipeline/find.ts';
import { startPipeline } from '../../support/pipeline/pipeline.ts';
import { useVendor } from '../../support/vendors/vendor-under-test.ts';

const providers = ['preset:zendesk'];
const at = useVendor('zendesk', { config: { providers } });
const sent = () => at.body()['user'] as JsonRecord;

describe('an e-mail address', () => {
  it('cannot be set: the vendor would add it as a second identity and keep the primary one', async () => {
    const result = await at.update('jane', { set: { email: 'janet.doe@acme.example' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(result.message).toContain('set.email');
    expect(at.vendor.requests).toHaveLength(0);
    expect(identitiesOf(at.held('jane'))).toHaveLength(1);
  });

  it('is out of reach, says the hint', () => {
    const connection = at.pipeline.app.settings.connections.find(({ name }) => name === 'zendesk');
    expect(connection?.provider.hint).toMatch(/e-mail address cannot be changed/);
  });
});

describe('a telephone number', () => {
  it('is set where there is none', async () => {
    at.edit('john', (record) => Object.assign(record, { phone: null, shared_phone_number: null }));
    expect(await at.update('john', { set: { phone: '+14155550177' } })).toMatchObject({ outcome: 'updated' });
    expect(at.held('john')).toMatchObject({ phone: '+14155550177', shared_phone_number: false });
  });

  it('is not set beside another one, and nothing is sent', async () => {
    at.edit('john', (record) => Object.assign(record, { phone: '+14155550144', shared_phone_number: false }));
    const before = at.held('john');
    const result = await at.update('john', { set: { phone: '+14155550177', notes: 'x' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(result.message).toContain('phone: there is one already, and Zendesk would keep it');
    expect(at.held('john')).toEqual(before);
    expect(at.puts()).toHaveLength(0);
  });
});

describe('custom fields', () => {
  it('change key by key: only those that move are sent', async () => {
    const before = at.held('jane')['user_fields'];
    const change = { set: { user_fields: { membership_level: 'gold' } }, clear: ['user_fields.newsletter'] };
    expect(await at.update('jane', change)).toMatchObject({ outcome: 'updated' });
    expect(sent()).toEqual({ user_fields: { membership_level: 'gold', newsletter: null } });
    expect(at.held('jane')['user_fields']).toEqual({ ...Object(before), membership_level: 'gold', newsletter: null });
  });

  it('keep every digit when another key changes', async () => {
    await at.update('priya', { set: { user_fields: { shirt_sizes: ['l'] } } });
    expect(at.held('priya')['user_fields']).toMatchObject({
      ...{ ledger_row: 9_007_199_254_740_995n, shirt_sizes: ['l'] },
    });
  });

  it('that the account does not have are not reported as changed', async () => {
    const result = await at.update('jane', { set: { user_fields: { shoe_size: 'L' } } });
    expect(result).toMatchObject({ outcome: 'unverified' });
  });
});

describe('access', () => {
  it.each<[string, JsonRecord, string]>([
    ['another organization', { organization_id: '360000057999' }, 'out of every other organization'],
    ['another role', { role: 'admin' }, 'This makes them an administrator of Zendesk'],
    ['a proven address', { verified: false }, 'They have to prove their primary e-mail address'],
  ])('%s: the question says what it means, and the name has to be typed', async (_, set, words) => {
    const { converse } = await startPipeline({ config: { providers, policy: {} } });
    const asked = await converse('zendesk', { user_id: idOf('zendesk', 'jane'), set });
    if (asked.kind !== 'ask') throw new Error('no question');
    expect(asked.question.message).toContain(words);
    expect(asked.question.typed).toBe('Jane Doe');
  });

  it('all requests are shown with no restriction, says the question', async () => {
    const { converse } = await startPipeline({ config: { providers, policy: {} } });
    const asked = await converse('zendesk', { user_id: idOf('zendesk', 'jane'), clear: ['ticket_restriction'] });
    if (asked.kind !== 'ask') throw new Error('no question');
    expect(asked.question.message).toContain('This lets them see all requests of the account');
  });

  it('what cannot be read is not passed off as empty', async () => {
    const { converse } = await startPipeline({ config: { providers, policy: {} } });
    const set = { remote_photo_url: 'https://photos.acme.example/new.png', agent_brand_ids: ['8119246973691'] };
    const asked = await converse('zendesk', { user_id: idOf('zendesk', 'jane'), set });
    if (asked.kind !== 'ask') throw new Error('no question');
    for (const field of Object.keys(set)) {
      expect(asked.question.message).toContain(`Zendesk does not show ${field}: what it is now is not known`);
    }
  });

  it('a restriction that the vendor turns into another one is not reported as changed', async () => {
    at.edit('john', (record) => Object.assign(record, { ticket_restriction: 'organization' }));
    const result = await at.update('john', { set: { ticket_restriction: 'groups' } });
    expect(at.held('john')['ticket_restriction']).toBe('requested');
    expect(result.outcome).not.toBe('updated');
  });

  it('a role that comes with a custom role is reported: nobody asked for it', async () => {
    const result = await at.update('john', { set: { custom_role_id: '360000112244' } });
    expect(at.held('john')).toMatchObject({ custom_role_id: 360_000_112_244 });
    expect(result).toMatchObject({ outcome: 'updated' });
  });
});

it('reads and writes a user whose id a double cannot hold', async () => {
  const result = await at.update('priya', { set: { alias: 'Priya N.' } });
  expect(result).toMatchObject({ outcome: 'updated', user: { id: '9007199254740993' } });
  expect(at.puts()[0]?.path).toBe('/api/v2/users/9007199254740993');
});

it('signs in as the owner of the token, with the marker between e-mail and token', async () => {
  await at.update('jane', { set: { alias: 'J' } });
  const [, credential = ''] = at.puts()[0]?.headers['authorization']?.split(' ') ?? [];
  expect(Buffer.from(credential, 'base64').toString()).toMatch(/^alex\.rivera\+api@acme\.example\/token:zd\//);
});

describe('find_user', () => {
  const labels = async (query: string) => {
    const { users, gaps } = await searchAt(at.pipeline, 'zendesk', query);
    return [users.map(({ user_id, label }) => [user_id, label]), gaps];
  };

  it.each<[string, string, string]>([
    ['e-mail', 'Jane.Doe@acme.example', 'jane'],
    ['name', 'Jane Doe', 'jane'],
    ['external id', 'HR-1001', 'jane'],
    ['id', '9007199254740993', 'priya'],
  ])('finds one person by %s', async (_, query, key) => {
    const person = key === 'jane' ? 'Jane Doe' : 'Priya Natarajan';
    expect(await labels(query)).toEqual([[[idOf('zendesk', key as 'jane' | 'priya'), person]], []]);
  });

  it('goes on to the next page by the link, on its own host only', async () => {
    const page = (next: string): Fault => ({
      ...{ kind: 'status', path: 'external_id', status: 200 },
      body: { users: [], meta: { has_more: true }, links: { next } },
    });
    const own = `${at.pipeline.sandbox.url}/zendesk/api/v2/users?external_id=hr-1001&page[size]=100`;
    at.vendor.faults.push(page(own));
    expect(await labels('hr-1001')).toEqual([[[idOf('zendesk', 'jane'), 'Jane Doe']], []]);
    at.vendor.faults.push(page(own.replace('/zendesk/', '/okta/')));
    const [users, gaps] = await labels('hr-1001');
    expect([users, gaps]).toMatchObject([[], [{ provider: 'zendesk' }]]);
    expect(at.pipeline.sandbox.vendors.okta.requests).toEqual([]);
  });

  it('finds nobody by a query that has a meaning in the search language', async () => {
    expect((await labels('"Jane" OR role:admin'))[0]).toEqual([]);
  });
});

describe('errors', () => {
  it('name each attribute that the vendor names', async () => {
    const result = await at.update('jane', { set: { external_id: 'HR-1002', time_zone: 'Europe/Berlin' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_rejected' });
    expect(result.message).toContain('Zendesk said of time_zone (quoted): “Time zone: is invalid”');
    expect(result.message).toMatch(/Zendesk said of external_id \(quoted\): “External: .* has already been taken”/);
  });

  it('are understood in both shapes', async () => {
    at.edit('jane', (record) => Object.assign(record, { shared: true }));
    const shared = await at.update('jane', { set: { alias: 'J' } });
    expect(shared).toMatchObject({ outcome: 'failed', code: 'forbidden' });
    expect(shared.message).toContain('Shared users cannot be updated');
    const unknown = await at.pipeline.call('zendesk', { user_id: '1', set: { alias: 'J' } });
    expect(unknown).toMatchObject({ outcome: 'failed', code: 'not_found' });
  });

  it('say that five updates a minute are enough', async () => {
    at.vendor.options.limited = true;
    for (const alias of ['A', 'B', 'C', 'D', 'E']) await at.update('jane', { set: { alias } });
    expect(await at.update('jane', { set: { alias: 'F' } })).toMatchObject({ outcome: 'failed', code: 'rate_limited' });
    expect(at.held('jane')['alias']).toBe('E');
  });
});
