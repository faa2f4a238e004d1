import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { answer, atomicworkDescription, describeUpdate, starterOf } from '../../support/openapi/starters.ts';

const text = { type: 'string' };
const BODY = { type: 'object', properties: { title: text } };

describe('a starter file', () => {
  it('says of a vendor what its description says, and names both defaults that the vendor may write', () => {
    const { file, defaults } = starterOf(atomicworkDescription());
    expect(file).toMatchObject({
      version: 1,
      id: 'my_atomicwork',
      settings: {
        tenant: { kind: 'text' },
        apiKey: { kind: 'secret' },
        workspaceId: { kind: 'text', optional: true },
      },
      baseUrl: 'https://{tenant}.atomicwork.com',
      headers: { 'X-Workspace-Id': '{workspaceId}' },
      auth: { headers: { 'X-Api-Key': '{apiKey}' } },
      userId: { kind: 'digits', number: true },
      read: { path: '? /api/v1/users/{userId}' },
      write: {
        method: 'PUT',
        path: '/api/v1/users/{userId}',
        encoding: '?',
        carry: '?',
        echo: { timezone: '? {}', has_reporters: '? {}' },
      },
      openFields: { custom_fields: { pointer: '/custom_fields' } },
    });
    expect(defaults).toEqual([
      ['timezone', 'America/Los_Angeles'],
      ['has_reporters', false],
    ]);
    expect(file.fields['timezone']).toMatchObject({ default: 'America/Los_Angeles' });
    expect(file.fields['has_reporters']).toMatchObject({ default: false });
  });

  it('proposes to keep what a PATCH leaves out, and says it of a merge patch', () => {
    const patch = starterOf(describeUpdate(BODY, { method: 'patch' }));
    expect(patch.file.write).toMatchObject({ method: 'PATCH', encoding: '? merge' });
    expect(Object.keys(patch.file.write)).not.toContain('carry');
    const requestBody = { content: { 'application/merge-patch+json': { schema: BODY } } };
    const merge = starterOf(describeUpdate(BODY, { method: 'patch', operation: { requestBody } }));
    expect(merge.file.write).toMatchObject({ contentType: 'application/merge-patch+json', encoding: 'merge-patch' });
  });

  it('knows a wrapper by the read call, where a part of the user has an id beside it', () => {
    const user = { properties: { user: { type: 'object', properties: { ...BODY.properties } } } };
    const inside = { properties: { user: { type: 'object', properties: { id: text, title: text } } } };
    const wrapped = starterOf(describeUpdate(user, { read: inside }));
    expect(wrapped.file.write).toMatchObject({ wrapper: 'user' });
    expect(wrapped.file.read).toEqual({ path: '/users/{userId}', unwrap: '/user' });
    expect(wrapped.file.fields['title']).not.toHaveProperty('pointer');
    const beside = { properties: { id: text, user: { type: 'object', properties: { title: text } } } };
    const nested = starterOf(describeUpdate(user, { read: beside }));
    expect(nested.file.write).not.toHaveProperty('wrapper');
    expect(nested.file.fields['title']).toMatchObject({ pointer: '/user/title' });
  });

  it('asks what becomes of a field that each request has to carry', () => {
    const { file } = starterOf(describeUpdate({ ...BODY, required: ['title'] }, { method: 'patch' }));
    expect(file.write['echo']).toEqual({ title: '? {}' });
  });

  it('knows who a user is by names: id, label, e-mail, status, and what changes by itself', () => {
    const read = {
      properties: {
        id: text,
        first_name: text,
        last_name: text,
        emails: { type: 'array', items: { properties: { value: text } } },
        status: { enum: ['ACTIVE', 'LOCKED'] },
        updated_at: text,
        unknown: text,
      },
    };
    const { file } = starterOf(describeUpdate(BODY, { read }));
    expect(file).toMatchObject({
      ids: ['id'],
      label: [['first_name', 'last_name']],
      emails: [{ pointer: '/emails', value: 'value' }],
      apart: ['title'],
      status: [
        { is: 'active', when: { status: ['ACTIVE'] } },
        { is: 'locked', when: { status: ['LOCKED'] } },
      ],
      volatile: ['updated_at'],
    });
    expect(Object.keys(file.readOnly)).toEqual(['id', 'first_name', 'last_name', 'emails', 'status', 'updated_at']);
  });

  it('looks users up by parameters of the collection, and leaves a search language open', () => {
    const parameter = (name: string, description = '') => ({ name, in: 'query', description, schema: text });
    const parameters = [parameter('email'), parameter('search', 'A filter expression'), parameter('per_page')];
    const responses = answer({ properties: { users: { type: 'array', items: { properties: { id: text } } } } });
    const { file } = starterOf(describeUpdate(BODY, { paths: { '/users': { get: { parameters, responses } } } }));
    expect(file['find']).toEqual([
      { by: 'email', path: '/users', query: { email: '{query}' }, list: '/users' },
      { by: 'name', path: '/users', query: { search: '? {query}' }, list: '/users' },
    ]);
    expect(file['probe']).toMatchObject({ path: '/users', query: { per_page: '1' }, shows: 'list' });
  });

  it('reads where errors have their sentences, and the unit of a slow-down header where it is said', () => {
    const error = {
      properties: {
        error: { properties: { code: text, message: text } },
        errors: { type: 'array', items: { properties: { field: text, detail: text } } },
      },
    };
    const responses = {
      ...answer({}),
      '400': answer(error)['200'] ?? {},
      '429': {
        headers: {
          'Retry-After': { schema: { type: 'integer' } },
          'X-RateLimit-Reset': { description: 'Unix time in seconds', schema: { type: 'integer' } },
          'X-Reset': { schema: { type: 'integer' } },
        },
      },
    };
    const { file } = starterOf(describeUpdate(BODY, { operation: { responses } }));
    expect(file['errors']).toEqual({
      messages: ['/error/message'],
      faults: [{ at: '/errors', path: '/field', message: '/detail' }],
    });
    expect(file['slowDown']).toEqual({
      headers: [
        { name: 'X-RateLimit-Reset', unit: '? epoch' },
        { name: 'X-Reset', unit: '?' },
      ],
    });
  });
});

describe('the address of an API', () => {
  const servers = (url: string, variables: JsonObject = {}) => describeUpdate(BODY, { servers: [{ url, variables }] });

  it.each([
    ['https://api.acme.com/v2/', {}, 'https://api.acme.com/v2', {}],
    ['http://api.acme.com', {}, 'https://api.acme.com', {}],
    ['https://{yourDomain}/api', {}, 'https://{yourDomain}/api', { yourDomain: 'host' }],
    [
      'https://{tenant}.acme.com/{version}',
      {},
      'https://{tenant}.acme.com/{version}',
      { tenant: 'text', version: 'text' },
    ],
    ['{base_url}/api', {}, '{apiBaseUrl}/api', { apiBaseUrl: 'url' }],
    ['{protocol}://{host}:{port}/x', { port: { default: '8443' } }, 'https://{host}:8443/x', { host: 'host' }],
    ['/api/v3', {}, 'https://{host}/api/v3', { host: 'host' }],
    ['http://localhost:8080/x', {}, 'https://{host}/x', { host: 'host' }],
    ['https://id.example.com/x', {}, 'https://{host}/x', { host: 'host' }],
    ['https://{region}-api.acme.com', {}, '?', { region: 'text' }],
    ['https://user:pass@acme.com', {}, '?', {}],
    ['https://acme.com/?key=1', {}, '?', {}],
  ])('of %s is %s', (url, variables, baseUrl, kinds) => {
    const { file } = starterOf(servers(url, variables));
    const { token: _, ...settings } = file.settings; // nothing says how to sign in
    const found = Object.entries(settings).map(([name, setting]) => [name, (setting as JsonObject)['kind']]);
    expect([file['baseUrl'], Object.fromEntries(found)]).toEqual([baseUrl, kinds]);
  });

  it('has settings for other names in the path, and is open where a name fills part of a segment', () => {
    const realm = starterOf(describeUpdate(BODY, { path: '/realms/{realm-name}/users/{user-id}' }));
    expect(realm.file.write['path']).toBe('/realms/{realmName}/users/{userId}');
    expect(realm.file.settings).toMatchObject({ realmName: { kind: 'text' } });
    const part = starterOf(describeUpdate(BODY, { path: '/users/{id}.json' }));
    expect(part.file.write['path']).toBe('? /users/{userId}');
  });
});

describe('signing in', () => {
  const auth = (scheme: JsonObject, scopes: string[] = []) =>
    starterOf(describeUpdate(BODY, { security: [{ one: scopes }], components: { securitySchemes: { one: scheme } } }))
      .file;

  it.each([
    [{ type: 'http', scheme: 'bearer' }, { headers: { Authorization: 'Bearer {token}' } }],
    [{ type: 'http', scheme: 'Basic' }, { basic: { user: '{username}', password: '{password}' } }],
    [{ type: 'apiKey', in: 'header', name: 'X-Key' }, { headers: { 'X-Key': '{key}' } }],
    [{ type: 'apiKey', in: 'query', name: 'key' }, { headers: { Authorization: '? Bearer {token}' } }],
    [{ type: 'apiKey', in: 'header', name: 'Authorization' }, { headers: { Authorization: '? {token}' } }],
    [
      { type: 'apiKey', in: 'header', name: 'Authorization', description: 'such as `Authorization: SSWS {key}`' },
      { headers: { Authorization: '? SSWS {token}' } },
    ],
    [{ type: 'mutualTLS' }, { headers: { Authorization: '? Bearer {token}' } }],
    [{ type: 'oauth2', flows: { authorizationCode: {} } }, { headers: { Authorization: 'Bearer {token}' } }],
  ])('by %j is %j', (scheme, expected) => {
    expect(auth(scheme)['auth']).toEqual(expected);
  });

  it('with client credentials has the token’s address and the scopes', () => {
    const flows = { clientCredentials: { tokenUrl: 'https://id.acme.com/token', scopes: {} } };
    expect(auth({ type: 'oauth2', flows }, ['users:write'])).toMatchObject({
      auth: {
        clientCredentials: {
          tokenUrl: 'https://id.acme.com/token',
          clientId: '{clientId}',
          clientSecret: '{clientSecret}',
          scope: 'users:write',
          sends: '? basic',
        },
      },
      settings: { clientId: { kind: 'text' }, clientSecret: { kind: 'secret' } },
    });
  });
});
