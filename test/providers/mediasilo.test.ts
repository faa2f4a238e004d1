import { describe, expect, it } from 'vitest';
import { credentials } from '../../src/sandbox/index.ts';
import { createPipeline, putsAt } from '../support/pipeline/pipeline.ts';
import { asObject } from '../support/vendors/samples.ts';
import { useVendor } from '../support/vendors/vendor-under-test.ts';

const at = useVendor('mediasilo');
const jane = () => String(at.held('jane')['id']);

describe('names', () => {
  it('are emptied with ""', async () => {
    expect(await at.update('jane', { clear: ['firstName'] })).toMatchObject({
      outcome: 'updated',
      cleared: ['firstName'],
    });
    expect(at.body()).toEqual({ firstName: '' });
    expect(at.held('jane')).not.toHaveProperty('firstName');
  });

  it('are emptied two at a time', async () => {
    expect(await at.update('jane', { clear: ['firstName', 'lastName'] })).toMatchObject({ outcome: 'updated' });
    expect(at.held('jane')).not.toHaveProperty('lastName');
  });
});

describe('address', () => {
  it('is merged with the one read and sent whole', async () => {
    const before = asObject(at.held('jane')['address']);
    expect(await at.update('jane', { set: { address: { city: 'Oakland' } } })).toMatchObject({
      outcome: 'updated',
      changes: [{ field: 'address.city', before: 'S•••', after: 'Oakland' }],
    });
    expect(at.body()).toEqual({ address: { ...before, city: 'Oakland' } });
  });

  it('keeps undocumented keys', async () => {
    at.edit('jane', (record) => void (record['address'] = { city: 'A', planet: 'Earth' }));
    await at.update('jane', { set: { address: { city: 'Oakland' } } });
    expect(at.held('jane')['address']).toEqual({ city: 'Oakland', planet: 'Earth' });
  });

  it('is sent as given when the record has none', async () => {
    at.edit('jane', (record) => void delete record['address']);
    await at.update('jane', { set: { address: { city: 'Oakland' } } });
    expect(at.body()).toEqual({ address: { city: 'Oakland' } });
  });

  it.each(['address', 'address.city'])('does not accept %s in clear', async (name) => {
    expect(await at.update('jane', { clear: [name] })).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
  });
});

describe('password', () => {
  it('is written, and shown nowhere', async () => {
    const result = await at.update('jane', { set: { password: 'Brand-New-55' } });
    expect(result).toMatchObject({ outcome: 'updated', unreadable: ['password'] });
    expect(JSON.stringify(result)).not.toContain('Brand-New');
    expect(at.held('jane')['password']).toBe('Brand-New-55');
  });

  it.each([
    ['the user name as it is', { password: 'X1-misaki.tanaka' }],
    ['the user name in other case', { password: 'X1-MISAKI.tanaka' }],
    ['the user name it is changed to', { userName: 'moonlight', password: 'X1-Moonlight' }],
    ['the old user name while it is changed', { userName: 'moonlight', password: 'X1-misaki.tanaka' }],
  ])('must not contain %s', async (_name, set) => {
    const result = await at.update('misaki', { set });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(result.message).toContain('password: must not contain the user name');
    expect(result.message).not.toContain(set.password);
    expect(at.puts()).toHaveLength(0);
  });

  it('does not block other changes of a user whose password is unknown', async () => {
    expect(await at.update('jane', { set: { company: 'Acme GmbH' } })).toMatchObject({ outcome: 'updated' });
  });
});

describe('ssoId', () => {
  it('is accepted when the record has sso: true', async () => {
    expect(await at.update('jane', { set: { ssoId: 'new@idp.example' } })).toMatchObject({ outcome: 'updated' });
  });

  it.each([
    ['without sso', {}],
    ['with sso: false', { sso: false }],
  ])('is rejected %s', async (_name, more) => {
    const result = await at.update('john', { set: { ssoId: 'john@idp.example', ...more } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(result.message).toContain('ssoId');
    expect(at.puts()).toHaveLength(0);
  });

  it('is accepted with sso: true in the same call', async () => {
    const set = { sso: true, ssoId: 'john@idp.example' };
    expect(await at.update('john', { set })).toMatchObject({ outcome: 'updated' });
    expect(at.body()).toEqual(set);
  });
});

it.each([
  ['DELETED', true],
  ['LOCKED', false],
])('status %s needs the name typed; a warning of deletion: %s', async (status, warned) => {
  const asking = await createPipeline({ config: { policy: {} } });
  const outcome = await asking.converse('mediasilo', { user_id: jane(), set: { status } });
  await asking.stop();
  if (outcome.kind !== 'ask') throw new Error('no question');
  expect(outcome.question.message.includes('\nThis deletes their account at MediaSilo.\n')).toBe(warned);
  expect(outcome.question.typed).toBe('Jane Doe');
});

describe('420', () => {
  const slow = (method: string, times: number) =>
    at.vendor.faults.push({ kind: 'status', status: 420, method, times, headers: { 'retry-after': '0' } });

  it.each(['GET', 'PUT'])('on %s means to slow down and try again', async (method) => {
    slow(method, 2);
    expect(await at.update('jane', { set: { company: 'Acme GmbH' } })).toMatchObject({ outcome: 'updated' });
  });

  it('that persists ends as rate_limited, with nothing changed', async () => {
    slow('PUT', 10);
    const result = await at.update('jane', { set: { company: 'Acme GmbH' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'rate_limited' });
    expect(at.held('jane')['company']).toBe('Acme Inc.');
  });
});

it('accepts a PUT that responds with the user', async () => {
  at.vendor.options.putBody = true;
  expect(await at.update('jane', { set: { company: 'Acme GmbH' } })).toMatchObject({ outcome: 'updated' });
});

it('reports a userName of another user in the vendor’s words, marked as quoted', async () => {
  const result = await at.update('jane', { set: { userName: 'john.smith@acme.example' } });
  expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_rejected' });
  expect(result.message).toContain('(quoted): “Validation failed”');
});

describe('signing in', () => {
  const { hostContext, userName: username, password, sessionKey, key, secret } = credentials.mediasilo;

  it.each([
    ['with a user name and a password', { hostContext, username, password }, 'authorization'],
    ['with a session key', { hostContext, sessionKey }, 'mediasilosessionkey'],
    ['with key and secret', { key, secret }, 'x-key'],
    ['with key and secret, and a host context', { hostContext, key, secret }, 'x-key'],
  ])('%s', async (_name, settings, header) => {
    const connections = { ms: { provider: 'mediasilo', baseUrl: '${env:MEDIASILO_BASE_URL}', ...settings } };
    const pipeline = await createPipeline({ config: { connections } });
    const result = await pipeline.call('ms', { user_id: jane(), set: { company: 'Acme GmbH' } });
    const [put] = putsAt(pipeline.sandbox, 'mediasilo');
    await pipeline.stop();
    expect(result).toMatchObject({ outcome: 'updated' });
    expect(put?.headers).toHaveProperty(header);
    const given = ['authorization', 'mediasilosessionkey', 'x-key'].filter((name) => put?.headers[name] !== undefined);
    expect(given).toEqual([header]);
    expect(put?.headers['mediasilohostcontext']).toBe('hostContext' in settings ? hostContext : undefined);
  });
});
