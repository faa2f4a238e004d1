import { afterAll, describe, expect, it, type TestContext } from 'vitest';
import { gzipBomb } from '../../../src/sandbox/http/leak.ts';
import type { Fault, JsonRecord, Vendor, VendorId } from '../../../src/sandbox/index.ts';
import { idOf, people } from '../../../src/sandbox/people.ts';
import {
  ALLOW_ALL,
  connectionNamed,
  type Pipeline,
  putsAt,
  startPipeline,
  stored,
} from '../../support/pipeline/pipeline.ts';
import { startStdioServer } from '../../support/program/stdio-server.ts';
import { json, startOrigin } from '../../support/vendors/origin.ts';
import { every, FIELDS, html, LIMITS, PATIENT, type Row, reads, status, type Tested, writes } from './fault-rows.ts';

/** Every row of the fault table, each with a sandbox of its own, and what the table cannot express. */

const PATIENCE = 60_000;

// Packing 50 MB takes a moment, and would delay a vendor that should respond at once.
gzipBomb();

describe.concurrent('a fault on reading', () => {
  it.for(withPeople(reads))('%s', { timeout: PATIENCE }, (row, context) => expectRow(row, 'GET', context));
});

describe.concurrent('a fault on writing', () => {
  it.for(withPeople(writes))('%s', { timeout: PATIENCE }, (row, context) => expectRow(row, 'PUT', context));
});

type Key = Parameters<typeof idOf>[1];

/** Updates of one user record wait for each other within a process, so rows are spread over several. */
function withPeople(rows: Record<string, Row>): [string, Row, Key][] {
  return Object.entries(rows).map(([name, row], index) => [name, row, people[index % people.length]?.key ?? 'jane']);
}

/** A pipeline with a connection of its own name, so that rows can run at the same time. */
async function openRow(
  id: Tested,
  title: string,
  context: TestContext,
  key: Key = 'jane',
  limits: object = {},
): Promise<Pipeline & { update(): ReturnType<Pipeline['call']> }> {
  const name = title.replace(/\W/g, '-').slice(0, 64);
  const config = { policy: ALLOW_ALL, limits: { ...LIMITS, ...limits }, connections: connectionNamed(name, id) };
  const pipeline = await startPipeline({ config }, context);
  return { ...pipeline, update: () => pipeline.call(name, { user_id: idOf(id, key), set: { [FIELDS[id]]: 'New' } }) };
}

async function expectRow([name, row, key]: [string, Row, Key], method: 'GET' | 'PUT', context: TestContext) {
  const id: Tested = row.vendor ?? 'awork';
  const pipeline = await openRow(id, `${method} ${name}`, context, key, row.limits);
  const vendor = pipeline.sandbox.vendors[id];
  const user = idOf(id, key);
  const before = stored(pipeline.sandbox, id, user);
  vendor.faults.push(...row.faults.map((fault) => ({ method, ...fault })));
  if (row.written && row.faults[0]?.kind === 'status' && row.puts === 1 && method === 'PUT')
    void applyOnArrival(vendor, user);

  const result = await pipeline.update();
  const after = stored(pipeline.sandbox, id, user);
  const puts = putsAt(pipeline.sandbox, id);
  const [entry] = await (await pipeline.app.store()).list({ limit: 1 });

  expect({
    outcome: result.outcome,
    code: result.code,
    puts: puts.length,
    written: after[FIELDS[id]] === 'New',
  }).toEqual({
    outcome: row.outcome,
    code: row.code,
    puts: row.puts,
    written: row.written,
  });
  if (row.message) expect(result.message).toMatch(row.message);
  expectNoForeignText(result);
  if (!row.written) expect(after).toEqual(before);
  expect(entry).toMatchObject({ outcome: row.outcome, open: false });
  expect(entry?.kind).toBe(row.puts === 0 ? 'attempt' : 'closed');
  // What is in doubt says why.
  if (row.outcome === 'unverified') expect(entry?.body.detail).toMatch(/read back|old value/);
}

/** The vendor processes a write although a gateway before it gives up. */
async function applyOnArrival(vendor: Vendor, user: string): Promise<void> {
  for (;;) {
    const put = vendor.requests.find(({ method }) => method === 'PUT');
    const record = vendor.users.get(user);
    if (put && record) return void Object.assign(record, put.body as JsonRecord);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A vendor's text appears between our quotation marks, or nowhere. */
function expectNoForeignText(result: unknown): void {
  expect(JSON.stringify(result).replace(/\(quoted\): “[^”]*”/g, '')).not.toContain('FOREIGN');
}

describe('a redirect', () => {
  it.each([
    ['GET', 302],
    ['PUT', 302],
    ['GET', 307],
    ['PUT', 307],
    ['PUT', 308],
    ['GET', 301],
  ] as const)('of a %s with %d is not followed', async (method, code) => {
    const other = await startOrigin((_request, response) => response.end('{}'));
    const pipeline = await startPipeline();
    const headers = { location: `${other.url}/users/1` };
    pipeline.sandbox.vendors.awork.faults.push({ kind: 'status', status: code, method, headers });
    const result = await pipeline.call('awork', { user_id: idOf('awork', 'jane'), set: { position: 'New' } });
    const puts = putsAt(pipeline.sandbox, 'awork');
    expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_rejected' });
    expect(puts).toHaveLength(method === 'PUT' ? 1 : 0);
    expect(other.seen).toEqual([]);
  });
});

describe('a vendor that is gone', () => {
  it('from the start: failed, nothing sent', async () => {
    const pipeline = await startPipeline({ config: { policy: ALLOW_ALL, limits: LIMITS } });
    await pipeline.sandbox.close();
    const result = await pipeline.call('awork', { user_id: idOf('awork', 'jane'), set: { position: 'New' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_unavailable' });
    expect(result.message).toMatch(/could not be reached.*Nothing was changed/);
  });

  it('after the read: failed, as the write certainly never left', async () => {
    const origin = await startOrigin((_request, response) => {
      origin.stopListening();
      json(response, 200, { id: 'jane', first_name: 'Jane', last_name: 'Doe' }, { connection: 'close' });
    });
    const pipeline = await startPipeline({
      config: { policy: ALLOW_ALL, limits: LIMITS },
      env: { DAYZERO_BASE_URL: origin.url },
    });
    const result = await pipeline.call('dayzero', { user_id: 'jane', set: { first_name: 'New' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_unavailable' });
    expect(result.message).toMatch(/could not be reached.*Nothing was changed/);
    expect(origin.seen).toEqual(['GET /api/v1/users/jane']);
  });
});

describe.concurrent('another client', () => {
  const others: readonly [string, Tested, Fault[], object, JsonRecord][] = [
    [
      'changing another field right before the write of a vendor that merges is reported as collateral, and kept',
      'atomicwork',
      [{ kind: 'foreign-write', method: 'PUT', patch: { city: 'Elsewhere' } }],
      { outcome: 'updated', collateral: [{ field: 'city', before: 'S•••', after: 'E•••' }] },
      { title: 'New', city: 'Elsewhere' },
    ],
    [
      'changing the same field after the write is a conflict, and their value stays',
      'atomicwork',
      [afterWrite((record) => void (record['title'] = 'Theirs'))],
      { outcome: 'conflict', code: 'record_changed' },
      { title: 'Theirs' },
    ],
    [
      'changing another field after the write is collateral',
      'awork',
      [afterWrite((record) => void (record['lastName'] = 'Roe'))],
      { outcome: 'updated', collateral: [{ field: 'lastName' }] },
      { position: 'New', lastName: 'Roe' },
    ],
    [
      'deleting the person after the write leaves it unverified',
      'dayzero',
      [afterWrite((_jane, vendor) => vendor.users.clear())],
      { outcome: 'unverified', code: 'unverified' },
      {},
    ],
  ];

  it.for(others)('%s', async ([name, id, faults, told, held], context) => {
    const pipeline = await openRow(id, name, context);
    const vendor = pipeline.sandbox.vendors[id];
    vendor.faults.push(...faults);
    const result = await pipeline.update();
    const record = vendor.users.get(idOf(id, 'jane'));
    expect(result).toMatchObject(told);
    expect(record ?? {}).toMatchObject(held);
    expect(putsAt(pipeline.sandbox, id)).toHaveLength(1);
  });

  it('is the vendor itself: a field it changes along is named, masked', async (context) => {
    const pipeline = await startPipeline({}, context);
    pipeline.sandbox.vendors.dayzero.options.collateral = { field: 'email', value: 'someone@else.example' };
    const result = await pipeline.call('dayzero', { user_id: idOf('dayzero', 'jane'), set: { first_name: 'Janet' } });
    expect(result).toMatchObject({
      outcome: 'updated',
      collateral: [{ field: 'email', before: 'j•••@acme.example', after: 's•••@else.example' }],
    });
    expect(result.message).toContain('email');
    expect(result.next).toContain('unasked');
  });
});

function afterWrite(change: (record: JsonRecord, vendor: Vendor) => void): Fault {
  const onNextRead: Fault = {
    kind: 'run',
    method: 'GET',
    run: (vendor) => {
      const record = vendor.users.get(idOf(vendor.id as VendorId, 'jane'));
      if (record) change(record, vendor);
    },
  };
  return { kind: 'run', method: 'PUT', run: (vendor) => void vendor.faults.push(onNextRead) };
}

describe('through the program', async () => {
  const server = await startStdioServer({ config: { policy: ALLOW_ALL, limits: { ...LIMITS, ...PATIENT } } });
  afterAll(() => server.stop());

  it.each([
    ['PUT', { kind: 'hang-after' }, { outcome: 'updated' }, false],
    ['PUT', { kind: 'reset-after' }, { outcome: 'updated' }, false],
    ['PUT', { kind: 'ignore' }, { outcome: 'unverified', code: 'unverified' }, true],
    ['GET', { kind: 'gzip-bomb' }, { outcome: 'failed', code: 'upstream_unavailable' }, true],
    ['GET', status(502, { body: html, times: every }), { outcome: 'failed', code: 'upstream_unavailable' }, true],
    ['PUT', status(400, { body: html }), { outcome: 'failed', code: 'upstream_rejected' }, true],
  ] as [string, Fault, object, boolean][])('%s: %j', async (method, fault, told, isError) => {
    const id: VendorId = 'awork';
    const vendor = server.sandbox.vendors[id];
    vendor.reset();
    vendor.faults.push({ method, ...fault });
    const agent = await server.connect('v1-mute');
    const answer = await agent.call(`${id}_update_user`, { user_id: idOf(id, 'jane'), set: { position: 'New' } });
    await agent.close();
    expect(answer.is).toMatchObject(told);
    expect(answer.isError).toBe(isError);
    expectNoForeignText(answer);
    expect(agent.log()).not.toContain('FOREIGN');
    expect(putsAt(server.sandbox, id).length).toBe(method === 'PUT' ? 1 : 0);
  });
});
