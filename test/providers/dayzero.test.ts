import { describe, expect, it } from 'vitest';
import { useVendor } from '../support/vendors/vendor-under-test.ts';

const at = useVendor('dayzero');

describe.each([
  ['bare', false],
  ['in an envelope', true],
])('responses %s', (_name, envelope) => {
  it('are understood, on reading and on writing', async () => {
    at.vendor.options.envelope = envelope;
    expect(await at.update('jane', { set: { first_name: 'Janet' } })).toMatchObject({
      outcome: 'updated',
      user: { label: 'Jane Doe' },
      changes: [{ field: 'first_name', before: 'J•••', after: 'Janet' }],
    });
    expect(at.body()).toEqual({ first_name: 'Janet' });
  });

  it('to an unknown id cause no write', async () => {
    at.vendor.options.envelope = envelope;
    const result = await at.pipeline.call('dayzero', { user_id: 'unknown', set: { first_name: 'Janet' } });
    expect(result.outcome).toBe('failed');
    expect(at.puts()).toHaveLength(0);
  });
});

describe('props', () => {
  it('are merged with the ones read and sent whole', async () => {
    const before = at.held('jane')['props'];
    expect(await at.update('jane', { set: { props: { theme: 'light', nested: { a: [1] } } } })).toMatchObject({
      outcome: 'updated',
    });
    expect(at.body()).toEqual({ props: { ...Object(before), theme: 'light', nested: { a: [1] } } });
  });

  it('show only the keys that change', async () => {
    const result = await at.update('jane', { set: { props: { theme: 'light' } }, clear: ['props.newsletter'] });
    expect(result.changes).toEqual([
      { field: 'props.theme', before: 'd•••', after: 'light' },
      { field: 'props.newsletter', before: '•••' },
    ]);
    expect(at.held('jane')['props']).not.toHaveProperty('newsletter');
  });

  it('lose one key by clear, and every other key stays exactly as it was', async () => {
    const { theme: _, ...others } = Object(at.held('priya')['props']);
    await at.update('priya', { clear: ['props.approval_limit'] });
    const { approval_limit: __, ...left } = others;
    expect(at.held('priya')['props']).toEqual(left);
  });

  it('are an empty object when their last key is cleared', async () => {
    expect(await at.update('max', { clear: ['props.offboarded_on'] })).toMatchObject({
      outcome: 'updated',
      cleared: ['props.offboarded_on'],
    });
    expect(at.body()).toEqual({ props: {} });
  });

  it('accept keys with dots and names of built-in object members', async () => {
    const set = { props: { 'a.b': 1, constructor: 'x', toString: 'y' } };
    expect(await at.update('john', { set })).toMatchObject({ outcome: 'updated' });
    expect(at.held('john')['props']).toEqual(set.props);
    expect(await at.update('john', { clear: ['props.a\\.b', 'props.constructor'] })).toMatchObject({
      outcome: 'updated',
    });
    expect(at.held('john')['props']).toEqual({ toString: 'y' });
  });

  it('cannot be emptied as a whole', async () => {
    expect(await at.update('jane', { clear: ['props'] })).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(await at.update('jane', { clear: ['props.'] })).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(at.vendor.requests).toHaveLength(0);
  });

  it('{} names no key and is rejected', async () => {
    expect(await at.update('jane', { set: { props: {} } })).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(at.vendor.requests).toHaveLength(0);
  });

  it('cannot be set and cleared at the same key', async () => {
    const result = await at.update('jane', { set: { props: { theme: 'x' } }, clear: ['props.theme'] });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
  });
});

it('explains both meanings of a 404', async () => {
  const unknown = { user_id: '01918f3a-7000-7c11-9a01-ffffffffffff', set: { first_name: 'X' } };
  const { code, message } = await at.pipeline.call('dayzero', unknown);
  expect(code).toBe('not_found');
  expect(message).toMatch(/unknown user/);
  expect(message).toMatch(/wrong business id/);
});

it.each(['email', 'role', 'firm_ids', 'id'])('does not write %s', async (field) => {
  const result = await at.update('jane', { set: { [field]: 'x@acme.example' } });
  expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
});

it('sends the business, and the e-mail for the vendor’s audit trail', async () => {
  await at.update('jane', { set: { first_name: 'Janet' } });
  expect(at.puts()[0]?.headers).toMatchObject({
    'x-business-id': '01918f3a-6c00-7b1e-8a44-5d2f0c9e1a01',
    'x-user-email': 'alex.rivera@acme.example',
  });
});

it('reports each sentence with its own field, named by the path after body', async () => {
  const detail = [
    { loc: ['body', 'props', 'theme'], msg: 'not one of the themes' },
    { loc: ['body', 'first_name'], msg: 'too short' },
    { loc: ['body', 'props', 'Robert Smith'], msg: 'no such key' },
    { loc: ['query', 'x'], msg: 'odd' },
  ];
  at.vendor.faults.push({ kind: 'status', method: 'PUT', status: 422, body: { detail } });
  const result = await at.update('jane', { set: { first_name: 'J', props: { theme: 'mauve' } } });
  expect(result.message).toContain('Fields named by the vendor: props.theme, first_name, props.');
  expect(result.message).toContain('DayZero said of props.theme (quoted): “not one of the themes”');
  expect(result.message).toContain('DayZero said of first_name (quoted): “too short”');
  expect(result.message).toContain('DayZero said (quoted): “odd”');
  expect(result.message).not.toContain('Robert');
});

it('decodes a validation error: the field by name, the reason as a quotation', async () => {
  const detail = [{ loc: ['body', 'photo_url'], msg: 'URL too long', type: 'value_error' }];
  at.vendor.faults.push({ kind: 'status', method: 'PUT', status: 422, body: { detail } });
  const result = await at.update('jane', { set: { photo_url: 'https://a.example/x' } });
  expect(result).toMatchObject({
    outcome: 'failed',
    code: 'upstream_rejected',
    next: expect.stringMatching(/^Do not/),
  });
  expect(result.message).toContain('Fields named by the vendor: photo_url.');
  expect(result.message).toContain('(quoted): “URL too long”');
});
