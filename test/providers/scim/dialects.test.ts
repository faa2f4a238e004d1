import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonRecord } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { BADGE } from '../../../src/sandbox/vendors/scim/schemas.ts';
import type { Result } from '../../../src/update/types.ts';
import { createPipeline, type Pipeline, settingsFrom, stored } from '../../support/pipeline/pipeline.ts';
import { undo } from '../../support/pipeline/undo.ts';

/** Against the sandbox in the dialect of each known service, which refuses every wrong byte. */

const DIALECTS = ['asana', 'aws', 'figma', 'github', 'slack'] as const;
const jane = idOf('scim', 'jane');

let pipeline: Pipeline;
const directory = () => pipeline.sandbox.vendors.scim;
const held = () => stored(pipeline.sandbox, 'scim', jane);
const call = (name: string, args: object): Promise<Result> =>
  pipeline.call(name, { user_id: jane, reason: 'test', ...args });
const writes = () => directory().requests.filter(({ method }) => method === 'PUT' || method === 'PATCH');
const operations = () => (writes()[0]?.body as JsonRecord)['Operations'] as JsonRecord[];

const connection = (keys: object = {}) => ({
  provider: 'scim',
  baseUrl: '${env:SCIM_BASE_URL}',
  token: '${env:SCIM_TOKEN}',
  ...keys,
});

const connections = {
  ...Object.fromEntries(DIALECTS.map((dialect) => [dialect, connection({ dialect })])),
  plain: connection(),
  puts: connection({ update: 'put' }),
  objects: connection({ update: 'patch', patchStyle: 'object' }),
  few: connection({ update: 'patch', maxOperations: 2 }),
  one: connection({ multiValued: 'one' }),
  fixed: connection({ immutable: ['userName', 'name.familyName'] }),
  along: connection({ update: 'patch', alwaysSend: ['userName', 'active'] }),
  removes: connection({ activeFalse: 'removes' }),
  deletes: connection({ activeFalse: 'deletes' }),
  badges: connection({
    extensions: { [BADGE]: { number: { type: 'text', effect: 'ordinary', sensitivity: 'personal', clear: 'omit' } } },
  }),
};

beforeAll(async () => {
  pipeline = await createPipeline({ config: { connections } });
});
beforeEach(() => directory().reset());
afterAll(() => pipeline.stop());

describe.each(DIALECTS)('%s', (dialect) => {
  beforeEach(() => void (directory().options.dialect = dialect));

  const changes: [string, object][] = [
    ['userName', { set: { userName: 'jane.roe@acme.example' } }],
    ['externalId', { set: { externalId: 'ext-9' } }],
    ['part of the name', { set: { name: { givenName: 'Janet' } } }],
    ['displayName', { set: { displayName: 'Janet Doe' } }],
    ['nickName', { set: { nickName: 'Janey' } }],
    ['profileUrl', { set: { profileUrl: 'https://people.acme.example/janet' } }],
    ['title', { set: { title: 'CEO' } }],
    ['userType', { set: { userType: 'Contractor' } }],
    ['preferredLanguage', { set: { preferredLanguage: 'de-DE' } }],
    ['locale', { set: { locale: 'de-DE' } }],
    ['timezone', { set: { timezone: 'Europe/Berlin' } }],
    ['emails', { set: { emails: [{ value: 'janet@acme.example', type: 'work', primary: true }] } }],
    ['phoneNumbers', { set: { phoneNumbers: [{ value: '+1 415 555 0142', type: 'work', primary: true }] } }],
    ['addresses', { set: { addresses: [{ type: 'work', locality: 'Oakland', country: 'US', primary: true }] } }],
    [
      'emails as it shows them',
      {
        set: {
          emails: [{ value: 'janet@acme.example', primary: true, ...(dialect !== 'slack' && { type: 'work' }) }],
        },
      },
    ],
    ['roles', { set: { roles: [dialect === 'figma' ? { value: 'Full', type: 'seatType' } : { value: 'user' }] } }],
    ['entitlements', { set: { entitlements: [{ value: 'exports' }] } }],
    ['department', { set: { department: 'Board' } }],
    ['costCenter', { set: { costCenter: '9' } }],
    ['manager', { set: { manager: idOf('scim', 'john') } }],
    ['title, emptied', { clear: ['title'] }],
    ['displayName, emptied', { clear: ['displayName'] }],
    ['department, emptied', { clear: ['department'] }],
    ['phoneNumbers, emptied', { clear: ['phoneNumbers'] }],
  ];

  it.each(changes)('sees no wrong byte of a change of %s: it is made, or refused before', async (_name, args) => {
    if (dialect === 'aws') keepOneValue();
    const result = await call(dialect, args);
    const told = JSON.stringify([result, writes().map(({ body }) => body)]);
    if (result.outcome === 'failed') {
      expect(result.code, told).toMatch(/^(?:invalid_input|field_read_only|unsupported_field)$/);
      expect(writes(), told).toEqual([]);
    } else {
      expect(result.outcome, told).toMatch(/^(?:updated|unchanged)$/);
    }
  });
});

/** Identity Center never holds more. */
function keepOneValue(): void {
  const record = directory().users.get(jane) as JsonRecord;
  for (const list of ['emails', 'phoneNumbers', 'addresses']) record[list] = (record[list] as JsonRecord[]).slice(0, 1);
}

describe('the keys of a connection', () => {
  it('patches where the service says so', async () => {
    await call('plain', { set: { title: 'CEO' } });
    expect(writes().map(({ method }) => method)).toEqual(['PATCH']);
  });

  it('sends nothing when discovery fails', async () => {
    const own = await createPipeline({ config: { connections: { lost: connection() } } });
    try {
      own.sandbox.vendors.scim.options.discovery = 500;
      const result = await own.call('lost', { user_id: jane, set: { title: 'CEO' }, reason: 'test' });
      expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_unavailable' });
      expect(own.sandbox.vendors.scim.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    } finally {
      await own.stop();
    }
  });

  it('names one entry of a list by its type', async () => {
    const emails = [
      { value: 'janet@acme.example', type: 'work', primary: true },
      { value: 'jane@mail.example', type: 'home', primary: false },
    ];
    expect(await call('plain', { set: { emails } })).toMatchObject({ outcome: 'updated' });
    expect(operations()).toEqual([
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'janet@acme.example' },
    ]);
  });

  it('sends objects, and a path only to remove', async () => {
    directory().options.objectStyle = true;
    const before = held();
    const result = await call('objects', { set: { name: { givenName: 'Janet' } }, clear: ['title'] });
    expect(result).toMatchObject({ outcome: 'updated' });
    for (const { op, path } of operations()) expect(path === undefined).toBe(op !== 'remove');
    expect(held()['name']).toEqual({ ...(before['name'] as JsonRecord), givenName: 'Janet' });
  });

  it('refuses what takes more operations than are allowed, and sends nothing', async () => {
    const set = { title: 'CEO', nickName: 'J', locale: 'de-DE' };
    expect(await call('few', { set })).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(writes()).toEqual([]);
    expect(await call('few', { set: { title: 'CEO', nickName: 'J' } })).toMatchObject({ outcome: 'updated' });
  });

  it('refuses a second value and fields that are immutable, and sends nothing', async () => {
    const roles = [{ value: 'a' }, { value: 'b' }];
    for (const [name, set] of [
      ['one', { roles }],
      ['fixed', { userName: 'janet@acme.example' }],
      ['fixed', { name: { familyName: 'Roe' } }],
    ] as const) {
      expect(await call(name, { set }), name).toMatchObject({ outcome: 'failed' });
    }
    expect(writes()).toEqual([]);
    expect(await call('fixed', { set: { name: { givenName: 'Janet' } } })).toMatchObject({ outcome: 'updated' });
  });

  it('sends fields along with every change', async () => {
    await call('along', { set: { title: 'CEO' } });
    expect(operations()).toEqual([
      { op: 'replace', path: 'userName', value: 'jane.doe@acme.example' },
      { op: 'replace', path: 'active', value: true },
      { op: 'replace', path: 'title', value: 'CEO' },
    ]);
  });

  it.each(['removes', 'deletes'] as const)(
    'takes a user who is gone for updated where active: false %s',
    async (what) => {
      directory().options.activeFalse = what;
      const result = await call(what, { set: { active: false } });
      expect(result).toMatchObject({ outcome: 'updated' });
      await expect(undo(pipeline, result.change_id ?? '')).rejects.toThrow();
    },
  );

  it('answers a 415 once with the other media type', async () => {
    directory().options.mediaTypes = ['application/json'];
    expect(await call('plain', { set: { title: 'CEO' } })).toMatchObject({ outcome: 'updated' });
    expect(held()['title']).toBe('CEO');
  });

  it('reads and changes a service that spells names in lower case', async () => {
    directory().options.spelling = 'lower';
    expect(await call('puts', { set: { displayName: 'Janet Doe' } })).toMatchObject({ outcome: 'updated' });
    expect(held()['displayName']).toBe('Janet Doe');
    expect(held()['nickName']).toBe('JD');
  });

  it('sets a field of an extension', async () => {
    const result = await call('badges', { set: { number: 'B-18' } });
    expect(result, JSON.stringify(result)).toMatchObject({ outcome: 'updated' });
    expect(held()[BADGE]).toMatchObject({ number: 'B-18', issued: '2025-01-01', colour: 'green' });
  });
});

describe('a configuration', () => {
  it.each([
    ['an extension without sensitivity', { extensions: { [BADGE]: { number: { type: 'text', effect: 'ordinary' } } } }],
    ['an unknown dialect', { dialect: 'acme' }],
    ['an immutable that is no field', { immutable: ['shoeSize'] }],
    ['an alwaysSend that cannot be read', { alwaysSend: ['password'] }],
    ['a base URL with /Users', { baseUrl: 'https://scim.acme.example/v2/Users' }],
    ['a filter that is not known', { filters: ['title'] }],
  ])('does not start with %s', (_name, keys) => {
    const one = { ...connection({ baseUrl: 'https://scim.acme.example/v2', token: 'x'.repeat(20) }), ...keys };
    expect(() => settingsFrom({ policy: { rules: [] }, connections: { one } })).toThrow();
  });
});
