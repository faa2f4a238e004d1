import { describe, expect, it } from 'vitest';
import { type JsonRecord, type JsonValue } from '../../src/sandbox/json.ts';
import { microsoftGraph } from '../../src/sandbox/vendors/microsoft_graph/api.ts';
import { people } from '../../src/sandbox/vendors/microsoft_graph/people.ts';
import { issueToken } from '../../src/sandbox/vendors/microsoft_graph/tokens.ts';
import { useLoneVendor } from '../support/vendors/lone-vendor.ts';

const at = useLoneVendor(microsoftGraph);
const users = '/v1.0/users';
const jane = `${users}/${people.ids.jane}`;
const { tenantId, clientId, clientSecret } = microsoftGraph.credentials;
const valid = { authorization: `Bearer ${issueToken(3600)}` };
const get = (path: string, headers = {}) => at.send('GET', path, { ...valid, ...headers });
const patch = (body: JsonValue) => at.send('PATCH', jane, valid, body);
const all = (query: Record<string, string>, headers = {}) => get(`${users}?${new URLSearchParams(query)}`, headers);
const held = () => at.vendor.users.get(people.ids.jane) ?? {};
const ids = (body: JsonRecord) => (body['value'] as JsonRecord[]).map((user) => user['id']);

async function askForToken(fields: Record<string, string> = {}, tenant: string = tenantId) {
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'https://graph.microsoft.com/.default',
  };
  const response = await fetch(`${at.url}/${tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...form, ...fields }),
  });
  return { status: response.status, body: (await response.json()) as JsonRecord };
}

describe('tokens', () => {
  it('are given for client credentials, and expire', async () => {
    const { status, body } = await askForToken();
    expect([status, body['token_type'], body['expires_in']]).toEqual([200, 'Bearer', 3599]);
    expect((await get(jane, { authorization: `Bearer ${body['access_token']}` })).status).toBe(200);
    const expired = await get(jane, { authorization: `Bearer ${issueToken(-1)}` });
    expect([expired.status, expired.body['error']]).toMatchObject([401, { code: 'InvalidAuthenticationToken' }]);
    expect(expired.headers.get('www-authenticate')).toContain('invalid_token');
  });

  it('live as long as the option says, and can be revoked', async () => {
    at.vendor.options.tokenSeconds = 60;
    const { body } = await askForToken();
    expect(body['expires_in']).toBe(60);
    at.vendor.options.revokedBefore = Date.now() + 1000;
    expect((await get(jane, { authorization: `Bearer ${body['access_token']}` })).status).toBe(401);
  });

  it.each<[string, Record<string, string>, string | undefined, number, string]>([
    ['another tenant', {}, 'other', 400, 'invalid_request'],
    ['another client', { client_id: 'other' }, undefined, 400, 'unauthorized_client'],
    ['a wrong secret', { client_secret: 'other' }, undefined, 401, 'invalid_client'],
    ['another scope', { scope: 'User.Read' }, undefined, 400, 'invalid_scope'],
    ['another grant', { grant_type: 'password' }, undefined, 400, 'unsupported_grant_type'],
  ])('are refused for %s', async (_, fields, tenant, status, error) => {
    const answer = await askForToken(fields, tenant);
    expect([answer.status, answer.body['error']]).toEqual([status, error]);
    expect(String(answer.body['error_description'])).toMatch(/^AADSTS\d+: /);
  });

  it.each(['', 'Bearer wrong', 'Bearer a.b', 'Basic YTpi'])('%j is not one', async (authorization) => {
    expect((await at.send('GET', jane, { authorization })).status).toBe(401);
  });
});

describe('reading', () => {
  it('shows the default properties only, and others when they are selected', async () => {
    const { body } = await get(jane);
    expect(Object.keys(body)).toEqual([
      '@odata.context',
      ...['businessPhones', 'displayName', 'givenName', 'id', 'jobTitle', 'mail', 'mobilePhone', 'officeLocation'],
      ...['preferredLanguage', 'surname', 'userPrincipalName'],
    ]);
    const chosen = (await get(`${jane}?$select=id,department,accountEnabled`)).body;
    expect(chosen).toMatchObject({ id: people.ids.jane, department: 'Product', accountEnabled: true });
    expect(chosen).not.toHaveProperty('displayName');
    expect((await get(`${jane}?$select=id,departement`)).status).toBe(400);
  });

  it('takes the user principal name for the id, and answers with the id', async () => {
    const { body } = await get(`${users}/JSmith@acme.example`);
    expect(body).toMatchObject({ id: people.ids.john, mail: 'john.smith@acme.example' });
    expect((await get(`${users}/john.smith@acme.example`)).body['error']).toMatchObject({
      code: 'Request_ResourceNotFound',
    });
  });

  it('never shows a password', async () => {
    const { body, text } = await get(`${jane}?$select=passwordProfile`);
    expect(body['passwordProfile']).toMatchObject({ forceChangePasswordNextSignIn: false, password: null });
    expect(text).not.toContain('Held-by-Entra');
  });

  it('shows the manager by a call of its own', async () => {
    expect((await get(`${jane}/manager`)).body).toMatchObject({ displayName: 'Priya Natarajan' });
    expect((await get(`${users}/${people.ids.john}/manager`)).status).toBe(404);
    expect((await patch({ manager: 'x' })).status).toBe(400);
    const body = { '@odata.id': `https://graph.microsoft.com/v1.0/users/${people.ids.max}` };
    expect((await at.send('PUT', `${jane}/manager/$ref`, valid, body)).status).toBe(204);
    expect((await get(`${jane}/manager`)).body).toMatchObject({ displayName: 'Max Müller' });
  });
});

describe('PATCH', () => {
  it('merges and answers 204 without a body', async () => {
    const before = structuredClone(held());
    const { status, text } = await patch({ department: 'Platform' });
    expect([status, text]).toEqual([204, '']);
    expect(held()).toEqual({ ...before, department: 'Platform' });
  });

  it('takes null to clear, and no empty text', async () => {
    expect((await patch({ city: null })).status).toBe(204);
    expect(held()['city']).toBeNull();
    expect((await patch({ city: '' })).status).toBe(400);
  });

  it('empties what is left out of employeeOrgData and of the extension attributes', async () => {
    await patch({ employeeOrgData: { division: 'Lab' }, onPremisesExtensionAttributes: { extensionAttribute2: 'x' } });
    expect(held()['employeeOrgData']).toEqual({ division: 'Lab', costCenter: null });
    expect(held()['onPremisesExtensionAttributes']).toMatchObject({
      extensionAttribute1: null,
      extensionAttribute2: 'x',
    });
  });

  it('puts a new mail first among the addresses, unasked', async () => {
    await patch({ mail: 'janet@acme.example' });
    expect(held()['proxyAddresses']).toEqual(['SMTP:janet@acme.example', 'smtp:jane.doe@acme.example']);
  });

  it('lets a new password be changed at the next sign-in, unless the call says otherwise', async () => {
    await patch({ passwordProfile: { password: 'Brand-New-1' } });
    expect(held()['passwordProfile']).toMatchObject({ password: 'Brand-New-1', forceChangePasswordNextSignIn: true });
    await patch({ passwordProfile: { password: 'Brand-New-2', forceChangePasswordNextSignIn: false } });
    expect(held()['passwordProfile']).toMatchObject({ password: 'Brand-New-2', forceChangePasswordNextSignIn: false });
  });

  it.each<[string, JsonRecord]>([
    ['two business phones', { businessPhones: ['1', '2'] }],
    ['no list of business phones', { businessPhones: null }],
    ['no display name', { displayName: null }],
    ['no mail nickname', { mailNickname: null }],
    ['no usage location', { usageLocation: null }],
    ['a long department', { department: 'x'.repeat(65) }],
    ['a read-only property', { proxyAddresses: [] }],
    ['an unknown property', { nickname: 'x' }],
    ['another domain', { userPrincipalName: 'jane@elsewhere.example' }],
    ['an accent', { mail: 'jäne@acme.example' }],
    ['a name that is taken', { userPrincipalName: 'JSMITH@acme.example' }],
    ['an address that is taken', { mail: 'john.smith@acme.example' }],
  ])('refuses %s and changes nothing', async (_, wrong) => {
    const before = structuredClone(held());
    const { status, body } = await patch({ city: 'X', ...wrong });
    expect([status, body['error']]).toMatchObject([400, { code: 'Request_BadRequest', innerError: {} }]);
    expect(held()).toEqual(before);
  });

  it('refuses most of a user who is maintained on premises', async () => {
    held()['onPremisesSyncEnabled'] = true;
    const { status, text } = await patch({ jobTitle: 'X' });
    expect([status, text]).toEqual([400, expect.stringContaining('on-premises mastered')]);
    expect((await patch({ usageLocation: 'DE' })).status).toBe(204);
  });

  it('refuses what an app may not change, and sensitive properties of administrators', async () => {
    expect((await patch({ aboutMe: 'x' })).status).toBe(403);
    at.vendor.options.administrators = [people.ids.jane];
    expect((await patch({ accountEnabled: false })).body['error']).toMatchObject({
      code: 'Authorization_RequestDenied',
    });
    expect((await patch({ jobTitle: 'X' })).status).toBe(204);
  });
});

describe('searching', () => {
  it('filters by mail, without case, with a doubled quote', async () => {
    const { body } = await all({ $filter: "mail eq 'JANE.DOE@acme.example'" });
    expect(ids(body)).toEqual([people.ids.jane]);
    held()['displayName'] = "Jane O'Doe";
    expect(ids((await all({ $filter: "displayName eq 'Jane O''Doe'" })).body)).toHaveLength(1);
    expect((await all({ $filter: "displayName eq 'Jane O'Doe'" })).status).toBe(400);
    expect((await all({ $filter: "startswith(displayName,'anna') or surname eq 'Smith'" })).body['value']).toHaveLength(
      3,
    );
    expect((await all({ $filter: "mail eq 'x' or true" })).status).toBe(400);
  });

  it('needs a header for advanced queries', async () => {
    const eventual = { ConsistencyLevel: 'eventual' };
    const ends = { $filter: "endswith(mail,'acme.example')" };
    expect((await all(ends, eventual)).body['error']).toMatchObject({ code: 'Request_UnsupportedQuery' });
    expect((await all({ ...ends, $count: 'true' }, eventual)).body['@odata.count']).toBe(8);
    const search = { $search: '"displayName:anna lee"' };
    expect((await all(search)).status).toBe(400);
    expect(ids((await all(search, eventual)).body)).toHaveLength(2);
  });

  it('pages by links', async () => {
    const seen: unknown[] = [];
    let next: string | undefined = `${users}?$top=3&$select=id`;
    while (next !== undefined) {
      const { body } = await get(next);
      seen.push(...ids(body));
      const link = body['@odata.nextLink'];
      next = typeof link === 'string' ? link.slice(`${at.url}`.length) : undefined;
    }
    expect(new Set(seen).size).toBe(8);
    expect((await all({ $top: '1000' })).status).toBe(400);
  });
});
