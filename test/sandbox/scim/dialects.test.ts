import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonRecord } from '../../../src/sandbox/index.ts';
import { CORE, ENTERPRISE } from '../../../src/sandbox/vendors/scim/schemas.ts';
import { useDirectory } from '../../support/scim/directory.ts';

/** Each rule of a service's own documents is answered as that service does. */

const at = useDirectory();
const read = async () => (await at.get(`/Users/${at.jane}`)).body;
const replace = (path: string, value: unknown) => ({ op: 'replace', path, value }) as JsonRecord;
const remove = (path: string): JsonRecord => ({ op: 'remove', path });
const put = (changed: JsonRecord) => read().then((user) => at.put(at.jane, { ...user, ...changed }));
const find = async (filter: string) => (await at.get(`/Users?filter=${encodeURIComponent(filter)}`)).status;

async function refuses(operations: JsonRecord[], headers?: Record<string, string>): Promise<void> {
  const before = at.vendor.users.get(at.jane);
  const { status, text } = await at.patch(at.jane, operations, headers);
  expect(status, `${JSON.stringify(operations)} ${text}`).toBe(400);
  expect(at.vendor.users.get(at.jane)).toEqual(before);
}

describe('github', () => {
  beforeEach(() => void (at.vendor.options.dialect = 'github'));

  it('takes paths and objects, but silently no filter in a path', async () => {
    expect((await at.patch(at.jane, [replace('name.familyName', 'Roe')])).status).toBe(200);
    expect((await at.patch(at.jane, [{ op: 'replace', value: { displayName: 'J. Roe' } }])).status).toBe(200);
    const before = await read();
    const { status, body } = await at.patch(at.jane, [replace('emails[type eq "work"].value', 'x@acme.example')]);
    expect([status, body['emails'], body['displayName']]).toEqual([200, before['emails'], 'J. Roe']);
  });

  it('needs a User-Agent, and has no discovery', async () => {
    expect((await at.send('GET', '/Users', undefined, { 'user-agent': '' })).status).toBe(403);
    expect((await at.get('/ServiceProviderConfig')).status).toBe(404);
  });

  it('refuses other attributes, roles and incomplete bodies', async () => {
    await refuses([replace('title', 'x')]);
    await refuses([replace(`${ENTERPRISE}:department`, 'x')]);
    await refuses([{ op: 'replace', value: { roles: [{ value: 'king' }] } }]);
    await refuses([{ op: 'replace', value: { emails: [{ value: 'a@acme.example', primary: true }] } }]);
    const { externalId: _, ...incomplete } = await read();
    expect((await at.put(at.jane, incomplete)).status).toBe(400);
    expect((await put({ displayName: 'J.' })).status).toBe(200);
    expect(await find('emails.value eq "x"')).toBe(400);
    expect(await find('externalId eq "ext-1"')).toBe(200);
  });
});

describe('slack', () => {
  beforeEach(() => void (at.vendor.options.dialect = 'slack'));

  it('shows nulls, and managers in its own way', async () => {
    expect(await read()).toMatchObject({
      emails: [
        { value: 'jane.doe@acme.example', primary: true },
        { value: 'jane@mail.example', primary: false },
      ],
      [ENTERPRISE]: { costCenter: '4130', manager: { managerId: null } },
    });
  });

  it('answers with a word and a number', async () => {
    const { body } = await at.patch(at.jane, [remove('emails[value eq "jane.doe@acme.example"]')]);
    expect(body).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: 400,
      detail: 'missing_primary_email',
    });
  });

  it('names entries by value, and keeps the primary e-mail', async () => {
    const renamed = replace('emails[value eq "jane@mail.example"].value', 'home@mail.example');
    expect((await at.patch(at.jane, [renamed])).status).toBe(200);
    await refuses([replace('phoneNumbers[type eq "mobile"].value', '+1')]);
    expect((await at.patch(at.jane, [remove('emails')])).body['emails']).toEqual([
      { value: 'jane.doe@acme.example', primary: true },
    ]);
  });

  it('changes nickName with userName', async () => {
    const { body } = await at.patch(at.jane, [replace('userName', 'jane')]);
    expect([body['userName'], body['nickName']]).toEqual(['jane', 'jane']);
  });

  it('refuses other attributes, third values and filters', async () => {
    for (const path of ['externalId', 'profileUrl', 'password', 'name.formatted', `${ENTERPRISE}:manager.value`]) {
      await refuses([replace(path, 'https://x.example')]);
    }
    await refuses([{ op: 'add', path: 'emails', value: [{ value: 'third@mail.example' }] }]);
    await refuses([{ op: 'add', path: 'roles', value: [{ value: 'second' }] }]);
    await refuses([replace('addresses[type eq "work"].locality', 'Oakland')]);
    expect(await find('userName eq "jsmith"')).toBe(400);
  });
});

describe('figma', () => {
  const json = { 'content-type': 'application/json' };
  beforeEach(() => {
    at.vendor.options.dialect = 'figma';
    const jane = at.vendor.users.get(at.jane) ?? {};
    at.vendor.users.set(at.jane, { ...jane, roles: [{ type: 'seatType', value: 'Full' }] });
  });

  it('takes application/json alone, and lists whole', async () => {
    const seat = [{ type: 'seatType', value: 'Dev' }];
    expect((await at.patch(at.jane, [replace('roles', seat)])).status).toBe(415);
    expect((await at.patch(at.jane, [replace('roles', seat)], json)).body['roles']).toEqual(seat);
    await refuses([replace('roles[type eq "seatType"].value', 'View')], json);
    await refuses([replace('roles', [{ type: 'seatType', value: 'Gold' }])], json);
  });

  it('shows one e-mail as an object, a version without entity tags, and no active', async () => {
    const user = await read();
    expect(user).toMatchObject({ emails: { primary: 'true' }, meta: { version: expect.stringMatching(/^W/) } });
    expect(user).not.toHaveProperty('active');
    expect((await at.patch(at.jane, [replace('title', 'x')], { ...json, 'if-match': 'W/"0"' })).status).toBe(200);
  });

  it('refuses other attributes and long names, and needs active in a PUT', async () => {
    await refuses([replace('nickName', 'x')], json);
    await refuses([replace('emails', [{ value: 'x@acme.example' }])], json);
    await refuses([replace('displayName', 'x'.repeat(101))], json);
    const { emails: _, ...user } = await read();
    expect((await at.put(at.jane, user, json)).status).toBe(400);
    expect((await at.put(at.jane, { ...user, active: true }, json)).status).toBe(200);
  });

  it('removes who is set inactive', async () => {
    expect((await at.patch(at.jane, [replace('active', false)], json)).status).toBe(200);
    expect((await at.get(`/Users/${at.jane}`)).status).toBe(404);
  });
});

describe('asana', () => {
  beforeEach(() => void (at.vendor.options.dialect = 'asana'));

  it('patches by object, removes by PUT', async () => {
    expect((await at.patch(at.jane, [{ op: 'replace', value: { title: 'Lead' } }])).status).toBe(200);
    await refuses([replace('title', 'x')]);
    await refuses([remove('title')]);
    await refuses([{ op: 'replace', value: { name: { givenName: 'x' } } }]);
    const { title: _, ...user } = await read();
    expect((await at.put(at.jane, user)).body).not.toHaveProperty('title');
    expect((await put({ name: { givenName: 'x' } })).status).toBe(200);
  });

  it('refuses other attributes, filters, and a user name that is no address', async () => {
    await refuses([{ op: 'replace', value: { nickName: 'x' } }]);
    await refuses([{ op: 'replace', value: { userName: 'jane' } }]);
    expect(await find('externalId eq "ext-1"')).toBe(400);
  });
});

describe('aws', () => {
  beforeEach(() => {
    at.vendor.options.dialect = 'aws';
    const jane = at.vendor.users.get(at.jane) ?? {};
    at.vendor.users.set(at.jane, {
      ...jane,
      emails: [{ value: 'jane.doe@acme.example', type: 'work', primary: true }],
      phoneNumbers: [{ value: '+1', type: 'work', primary: true }],
      groups: [],
    });
  });

  it('takes one value per list', async () => {
    const { status, body } = await at.patch(at.jane, [replace('emails[type eq "work"].value', 'x@acme.example')]);
    expect([status, body['emails']]).toEqual([200, [{ value: 'x@acme.example', type: 'work', primary: true }]]);
    await refuses([{ op: 'add', path: 'emails', value: [{ value: 'second@acme.example' }] }]);
  });

  it('refuses what its page lists, with its own error', async () => {
    for (const path of ['roles', 'entitlements', 'password', `${ENTERPRISE}:manager.displayName`]) {
      await refuses([replace(path, 'x')]);
    }
    await refuses([replace('userName', 'a'), replace('userName', 'b')]);
    await refuses([remove('active')]);
    await refuses([replace('emails[type sw "w"].value', 'x@acme.example')]);
    await refuses([replace('emails[type eq "work"].display', 'x')]);
    expect((await at.patch(at.jane, [remove('active')])).body).toHaveProperty('exceptionRequestId');
    expect(await find('emails.value eq "x"')).toBe(400);
    expect(await find('userName eq "jsmith"')).toBe(200);
  });

  it('is a PUT away from losing what is not sent', async () => {
    const { body } = await at.put(at.jane, { schemas: [CORE], userName: 'jane.doe@acme.example' });
    expect(body).not.toHaveProperty('title');
  });
});
