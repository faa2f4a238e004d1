import { describe, expect, it } from 'vitest';
import { useVendor } from '../support/vendors/vendor-under-test.ts';

const at = useVendor('atomicwork');

describe('the defaults of the PUT schema', () => {
  it.each([
    ['jane', 'America/New_York', true],
    ['john', 'Europe/London', false],
    ['priya', 'Asia/Kolkata', true],
  ] as const)('%s stays in %s, with reporters: %s', async (key, timezone, has_reporters) => {
    expect(await at.update(key, { set: { title: 'Boss' } })).toMatchObject({ outcome: 'updated' });
    expect(at.body()).toEqual({ title: 'Boss', timezone, has_reporters });
    expect(at.held(key)).toMatchObject({ timezone, has_reporters, title: 'Boss' });
  });

  it('are never sent for fields that the record lacks; the defaults the vendor then writes are reported', async () => {
    at.edit('john', (record) => {
      delete record['timezone'];
      delete record['has_reporters'];
    });
    const result = await at.update('john', { set: { title: 'Boss' } });
    expect(at.body()).toEqual({ title: 'Boss' });
    expect(result).toMatchObject({
      outcome: 'updated',
      collateral: [{ field: 'timezone', after: 'America/Los_Angeles' }, { field: 'has_reporters' }],
    });
    expect(result.message).toContain('timezone');
  });

  it('are set like any other value when the call names them', async () => {
    await at.update('jane', { set: { timezone: 'America/Los_Angeles', has_reporters: false } });
    expect(at.body()).toEqual({ timezone: 'America/Los_Angeles', has_reporters: false });
  });
});

describe.each([
  ['bare', {}],
  ['with references as objects', { objectRefs: true }],
  ['in a data envelope', { dataEnvelope: true }],
  ['with both', { objectRefs: true, dataEnvelope: true }],
])('a record read %s', (_name, options) => {
  it('verifies a written reference', async () => {
    Object.assign(at.vendor.options, options);
    const set = { manager: '9007199254740993', department: 14, org_roles: [42, '9007199254741001'] };
    const result = await at.update('john', { set });
    expect(result).toMatchObject({ outcome: 'updated' });
    expect(result.collateral).toBeUndefined();
    expect(at.held('john')).toMatchObject({ department: 14, org_roles: [42, 9_007_199_254_741_001n] });
  });

  it('is recognized as unchanged', async () => {
    Object.assign(at.vendor.options, options);
    const set = {
      manager: '9007199254740993',
      department: '9007199254740995',
      org_roles: ['9007199254741001', 41],
      title: 'Product Manager',
    };
    expect(await at.update('jane', { set })).toMatchObject({ outcome: 'unchanged' });
    expect(at.puts()).toHaveLength(0);
  });
});

it('compares days without the time that is read after them', async () => {
  const run = () =>
    at.edit('jane', (record) => {
      if (/^\d{4}-\d\d-\d\d$/.test(String(record['joined_on']))) record['joined_on'] += 'T00:00:00Z';
    });
  at.vendor.faults.push({ kind: 'run', method: 'GET', times: 50, run });
  const joined_on = at.held('jane')['joined_on'];
  expect(await at.update('jane', { set: { joined_on } })).toMatchObject({ outcome: 'unchanged' });
  expect(at.puts()).toHaveLength(0);
  const result = await at.update('jane', { set: { joined_on: '1991-01-01' } });
  expect(result).toMatchObject({ outcome: 'updated' });
  expect(at.body()['joined_on']).toBe('1991-01-01');
  expect(at.held('jane')['joined_on']).toBe('1991-01-01T00:00:00Z');
});

it('sends a user id beyond 2^53 exactly in the path', async () => {
  expect(await at.update('priya', { set: { title: 'Boss' } })).toMatchObject({ outcome: 'updated' });
  expect(at.puts()[0]?.path).toBe('/api/v1/users/9007199254740993');
  const neighbour = await at.pipeline.call('atomicwork', { user_id: '9007199254740992', set: { title: 'Boss' } });
  expect(neighbour).toMatchObject({ outcome: 'failed', code: 'not_found' });
});

it.each(['9.5', '1e3', '-1', '0x10', '12345678901234567890', 'jane'])('rejects %j as a user id', async (user_id) => {
  const result = await at.pipeline.call('atomicwork', { user_id, set: { title: 'Boss' } });
  expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
  expect(at.vendor.requests).toHaveLength(0);
});

it('rejects a rounded integer instead of writing a neighbouring id', async () => {
  const result = await at.update('jane', { set: { manager: Number('9007199254740993') } });
  expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
  expect(result.message).toContain('set.manager');
  expect(result.message).toContain('string of digits');
});

it('merges custom fields key by key and sends them whole', async () => {
  const result = await at.update('jane', { set: { custom_fields: { shirt_size: 'L', desk: { floor: 4 } } } });
  expect(at.body()['custom_fields']).toEqual({ cost_center: 'CC-4711', shirt_size: 'L', desk: { floor: 4 } });
  expect(result).toMatchObject({ outcome: 'updated' });
});

it('reports that the password cannot be read back, and repeats it nowhere', async () => {
  const result = await at.update('jane', { set: { password: 'Hunter-2-hunter' } });
  expect(result).toMatchObject({ outcome: 'updated', unreadable: ['password'] });
  expect(result.message).toContain('password');
  expect(JSON.stringify(result)).not.toContain('Hunter');
  expect(at.held('jane')['password']).toBe('Hunter-2-hunter');
});

it('reports a taken e-mail without showing whose it is', async () => {
  const result = await at.update('jane', { set: { email: 'john.smith@acme.example' } });
  expect(result).toMatchObject({ outcome: 'failed', code: 'uniqueness_conflict' });
  expect(at.held('jane')['email']).toBe('jane.doe@acme.example');
});

it('sends Unicode text unchanged', async () => {
  await at.update('jane', { set: { last_name: '田中 “😀” x' } });
  expect(at.body()['last_name']).toBe('田中 “😀” x');
});

describe('fields that the operator declares clearable by null', () => {
  const clearing = useVendor('atomicwork', {
    config: {
      connections: {
        hr: {
          provider: 'atomicwork',
          tenant: 'acme',
          apiKey: '${env:ATOMICWORK_API_KEY}',
          baseUrl: '${env:ATOMICWORK_BASE_URL}',
          clearable: ['slack_id'],
        },
      },
    },
  });

  it('are sent as null, and no other field can be cleared', async () => {
    const call = (clear: string) => clearing.pipeline.call('hr', { user_id: '10017', clear: [clear] });
    expect(await call('azure_id')).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(clearing.vendor.requests).toHaveLength(0);
    await call('slack_id');
    expect(clearing.body()).toEqual({ slack_id: null, timezone: 'America/New_York', has_reporters: true });
  });

  it('work on a connection without a workspace id', async () => {
    await clearing.pipeline.call('hr', { user_id: '10017', set: { title: 'Boss' } });
    expect(clearing.puts()[0]?.headers).not.toHaveProperty('x-workspace-id');
  });
});

it('sends the workspace id that was configured', async () => {
  await at.update('jane', { set: { title: 'Boss' } });
  expect(at.puts()[0]?.headers).toMatchObject({ 'x-workspace-id': '7', 'content-type': 'application/json' });
});
