import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { credentials, type Fault, startSandbox, type VendorId } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { pathOf, send, useSandbox } from '../../support/vendors/sandbox.ts';

const at = useSandbox();
const id = idOf('mediasilo', 'jane');
const jane = pathOf('mediasilo', 'jane');
const get = (options = {}) => send(at.sandbox, 'mediasilo', 'GET', jane, options);
const put = (options = {}) => send(at.sandbox, 'mediasilo', 'PUT', jane, { body: { company: 'New' }, ...options });
const company = () => at.sandbox.vendors.mediasilo.users.get(id)?.['company'];
const fault = (each: Fault) => at.sandbox.vendors.mediasilo.faults.push(each);
const patience = { timeout: 20_000 };
const arrived = () => expect.poll(() => at.sandbox.vendors.mediasilo.requests.length, patience).toBe(1);

describe('matching', () => {
  it('hits the next matching request only, by method and path', async () => {
    fault({ kind: 'status', status: 503, method: 'put', path: /\/users\/a7c1/g });
    fault({ kind: 'status', status: 502, path: '/me' });
    expect((await get()).status).toBe(200);
    expect((await put()).status).toBe(503);
    expect((await put()).status).toBe(200);
    expect(at.sandbox.vendors.mediasilo.faults).toHaveLength(1);
  });

  it('hits as often as requested and does not change the given object', async () => {
    const given: Fault = { kind: 'status', status: 429, headers: { 'Retry-After': '1' }, times: 2 };
    fault(given);
    const answers = [await get(), await get(), await get()];
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(answers[0]?.headers.get('retry-after')).toBe('1');
    expect(given.times).toBe(2);
  });
});

describe('status', () => {
  it.each<[VendorId, string]>([
    ['atomicwork', 'error'],
    ['awork', 'description'],
    ['atlassian', 'detail'],
    ['dayzero', 'detail'],
    ['mediasilo', 'message'],
  ])('without a body responds with an error of %s', async (vendor, key) => {
    at.sandbox.vendors[vendor].faults.push({ kind: 'status', status: 400 });
    const { status, body } = await send(at.sandbox, vendor, 'GET', pathOf(vendor, 'jane'));
    expect([status, body[key]]).toEqual([400, 'Fault of the sandbox']);
  });

  it('sends HTML and truncated JSON unchanged', async () => {
    fault({ kind: 'status', status: 502, body: '<html>Bad gateway</html>' });
    fault({ kind: 'status', status: 200, body: '{"id":"x"' });
    const html = await get();
    expect([html.headers.get('content-type'), html.text]).toEqual([
      'text/html; charset=utf-8',
      '<html>Bad gateway</html>',
    ]);
    const cut = await get();
    expect([cut.status, cut.text, cut.json]).toEqual([200, '{"id":"x"', null]);
  });

  it('sends any JSON', async () => {
    fault({ kind: 'status', status: 420, body: { limit: 1, reset: 9_007_199_254_740_993n } });
    expect((await get()).text).toBe('{"limit":1,"reset":9007199254740993}');
  });
});

describe('lost connections', () => {
  it('reset-before does not process, reset-after does', async () => {
    fault({ kind: 'reset-before' });
    await expect(put()).rejects.toThrow();
    expect(company()).toBe('Acme Inc.');
    fault({ kind: 'reset-after' });
    await expect(put()).rejects.toThrow();
    expect(company()).toBe('New');
  });

  it.each([
    ['hang does not process', 'hang', 'Acme Inc.'],
    ['hang-after processes', 'hang-after', 'New'],
  ] as const)('%s, and neither answers', async (_what, kind, then) => {
    fault({ kind });
    const client = new AbortController();
    const unanswered = expect(put({ signal: client.signal })).rejects.toThrow(/abort/i);
    await arrived();
    await sleep(100);
    expect(company()).toBe(then);
    client.abort();
    await unanswered;
    expect(company()).toBe(then);
  });

  it('closes although a request hangs and connections are kept alive', async () => {
    const sandbox = await startSandbox();
    await send(sandbox, 'awork', 'GET', '/users/me');
    sandbox.vendors.awork.faults.push({ kind: 'hang' });
    const hanging = expect(send(sandbox, 'awork', 'GET', '/users/me')).rejects.toThrow();
    await expect.poll(() => sandbox.vendors.awork.requests.length, patience).toBe(2);
    await sandbox.close();
    await hanging;
    await sandbox.close();
  });
});

describe('delays', () => {
  it('delay processes afterwards, also when the client is gone', async () => {
    fault({ kind: 'delay', delayMs: 2500 });
    const client = new AbortController();
    const gone = expect(put({ signal: client.signal })).rejects.toThrow(/abort/i);
    await arrived();
    client.abort();
    await gone;
    expect(company()).toBe('Acme Inc.');
    await expect.poll(company, patience).toBe('New');
  });

  it('delay-after processes at once', async () => {
    fault({ kind: 'delay-after', delayMs: 2500 });
    let answered = false;
    const answer = put().finally(() => (answered = true));
    await expect.poll(company, patience).toBe('New');
    expect(answered).toBe(false);
    expect((await answer).status).toBe(200);
  });
});

it('redirect points elsewhere and does not process', async () => {
  fault({ kind: 'redirect', location: 'http://evil.example/' });
  const { status, headers } = await put();
  expect([status, headers.get('location'), company()]).toEqual([302, 'http://evil.example/', 'Acme Inc.']);
});

it('gzip-bomb is small on the wire and 50 MB unpacked', async () => {
  fault({ kind: 'gzip-bomb' });
  const { request } = await import('node:http');
  const packed = await new Promise<Buffer>((resolve, reject) => {
    const sent = request(`${at.sandbox.url}/mediasilo${jane}`, (response) => {
      expect(response.headers['content-encoding']).toBe('gzip');
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
    });
    sent.on('error', reject).end();
  });
  expect(packed.length).toBeLessThan(100_000);
  expect(gunzipSync(packed).length).toBeGreaterThan(50_000_000);
});

it('echo returns everything, in every form, and does not process', async () => {
  const secret = 'Pa55<"word">&é';
  fault({ kind: 'echo' });
  const { status, body } = await put({ body: { password: secret, company: 'New' } });
  const text = String(body['message']);
  expect(status).toBe(400);
  const forms = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    'Pa55&lt;&quot;word&quot;&gt;&amp;é',
    Buffer.from(secret).toString('base64'),
    credentials.mediasilo.password,
    encodeURIComponent(credentials.mediasilo.password),
  ];
  for (const form of forms) expect(text).toContain(form);
  expect(company()).toBe('Acme Inc.');
});

it('ignore responds as if written', async () => {
  at.sandbox.vendors.mediasilo.options.putBody = true;
  fault({ kind: 'ignore' });
  expect((await put()).body['company']).toBe('New');
  expect(company()).toBe('Acme Inc.');
});

it('foreign-write changes the record right before the request', async () => {
  fault({ kind: 'foreign-write', patch: { phone: '1', address: { city: 'Oakland' } } });
  const { body } = await get();
  expect(body).toMatchObject({ phone: '1', address: { city: 'Oakland', country: 'USA' } });

  const path = pathOf('awork', 'jane');
  const before = await send(at.sandbox, 'awork', 'GET', path);
  at.sandbox.vendors.awork.faults.push({ kind: 'foreign-write', patch: { position: 'CEO' } });
  const after = await send(at.sandbox, 'awork', 'GET', path);
  expect(after.body['position']).toBe('CEO');
  expect(after.body['resourceVersion']).not.toBe(before.body['resourceVersion']);
});

it('run sees the vendor and the request before processing', async () => {
  fault({
    kind: 'run',
    async run(vendor, request) {
      await Promise.resolve();
      expect(request).toMatchObject({ method: 'PUT', path: jane, body: { company: 'New' } });
      vendor.options.forbidden = true;
    },
  });
  expect((await put()).status).toBe(403);
});
