import { describe, expect, it } from 'vitest';
import { isObject, type JsonRecord } from '../../../src/sandbox/json.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { searchAt } from '../../support/pipeline/find.ts';
import { createPipeline } from '../../support/pipeline/pipeline.ts';
import { useVendor } from '../../support/vendors/vendor-under-test.ts';

const at = useVendor('keycloak', { config: { providers: ['preset:keycloak'] } });
const attributes = () => {
  const held = at.held('jane')['attributes'];
  return isObject(held) ? held : {};
};
const tokenRequests = () => at.vendor.requests.filter(({ method }) => method === 'POST');

describe('the attributes', () => {
  it('go out whole, with the name, the names and the address that would else be lost', async () => {
    const before = at.held('jane');
    expect(await at.update('jane', { set: { attributes: { jobTitle: ['Head'] } } })).toMatchObject({
      outcome: 'updated',
      changes: [{ field: 'attributes.jobTitle' }],
    });
    const { username, email, firstName, lastName } = before;
    const changed = { ...(before['attributes'] as JsonRecord), jobTitle: ['Head'] };
    expect(at.body()).toEqual({ username, email, firstName, lastName, attributes: changed });
    expect(at.held('jane')).toEqual({ ...before, attributes: changed });
  });

  it('stay at home when something else changes', async () => {
    await at.update('jane', { set: { firstName: 'Janet' } });
    expect(at.body()).toEqual({ firstName: 'Janet' });
    expect(attributes()).toMatchObject({ phones: ['+1 415 555 0101', '+1 415 555 0199'], 'cost.center': ['10'] });
  });

  it('go out with a new name, not with the old one', async () => {
    await at.update('jane', { set: { firstName: 'Janet', attributes: { jobTitle: ['Head'] } }, clear: ['lastName'] });
    expect(at.body()).toMatchObject({ firstName: 'Janet', lastName: '', email: 'jane.doe@acme.example' });
  });

  it('may lose their last key, and nothing else is reported', async () => {
    at.edit('jane', (record) => (record['attributes'] = { jobTitle: ['Head'] }));
    const result = await at.update('jane', { clear: ['attributes.jobTitle'] });
    expect(result).toMatchObject({ outcome: 'updated' });
    expect(result).not.toHaveProperty('collateral');
    expect(at.held('jane')).not.toHaveProperty('attributes');
  });

  it('may get their first key', async () => {
    at.edit('jane', (record) => Reflect.deleteProperty(record, 'attributes'));
    const result = await at.update('jane', { set: { attributes: { jobTitle: ['Head'] } } });
    expect(result).toMatchObject({ outcome: 'updated' });
    expect(result).not.toHaveProperty('collateral');
    expect(attributes()).toEqual({ jobTitle: ['Head'] });
  });

  it.each(['firstName', 'LASTNAME', 'email', 'username'])('are no other way to %s', async (name) => {
    const result = await at.update('jane', { set: { attributes: { [name]: ['Eve'] } } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(at.vendor.requests).toEqual([]);
  });

  it('are not called updated where the realm drops them without a word', async () => {
    at.vendor.options.unmanagedAttributes = false;
    at.edit('jane', (record) => (record['attributes'] = { jobTitle: ['Head'] }));
    const result = await at.update('jane', { set: { attributes: { badge: ['7'] } } });
    expect(result.outcome).not.toBe('updated');
    expect(result.message).toContain('attributes.badge');
    expect(attributes()).toEqual({ jobTitle: ['Head'] });
  });
});

describe('a token', () => {
  it('is fetched once and serves several calls', async () => {
    await at.update('jane', { set: { firstName: 'Janet' } });
    await at.update('john', { set: { firstName: 'Johnny' } });
    expect(tokenRequests().length).toBeLessThanOrEqual(1);
  });

  it('that ends between the read and the write is renewed, and the change is made once', async () => {
    at.vendor.faults.push({
      kind: 'run',
      method: 'PUT',
      run: () => void (at.vendor.options.tokensNotBefore = Date.now() + 1),
    });
    const result = await at.update('jane', { set: { attributes: { jobTitle: ['Head'] } } });
    expect(result).toMatchObject({ outcome: 'updated' });
    expect(at.puts().map(({ headers }) => headers['authorization'])).toHaveLength(2);
    expect(new Set(at.puts().map(({ headers }) => headers['authorization'])).size).toBe(2);
    expect(attributes()['jobTitle']).toEqual(['Head']);
  });

  it('that ends within seconds is renewed in time', async () => {
    at.vendor.options.tokenSeconds = 1;
    at.vendor.options.tokensNotBefore = Date.now();
    for (const title of ['One', 'Two', 'Three']) {
      const result = await at.update('jane', { set: { attributes: { jobTitle: [title] } } });
      expect(result).toMatchObject({ outcome: 'updated' });
      await new Promise((resolve) => setTimeout(resolve, 600));
    }
    expect(attributes()['jobTitle']).toEqual(['Three']);
  });
});

describe('what Keycloak does besides', () => {
  it('is reported: the user name that follows the e-mail', async () => {
    at.vendor.options.emailAsUsername = true;
    const result = await at.update('jane', { set: { email: 'jane.new@acme.example' } });
    expect(result).toMatchObject({ outcome: 'updated', collateral: [{ field: 'username' }] });
  });

  it('is known: user names and addresses in lower case', async () => {
    const result = await at.update('jane', { set: { username: 'JaneD', email: 'Jane.New@acme.example' } });
    expect(result).toMatchObject({ outcome: 'updated' });
    expect(at.held('jane')).toMatchObject({ username: 'janed', email: 'jane.new@acme.example' });
  });

  it('names who has the address', async () => {
    const result = await at.update('jane', { set: { email: 'john.smith@acme.example' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'uniqueness_conflict' });
  });

  it('names the field that it does not accept', async () => {
    at.vendor.options.editUsername = false;
    const result = await at.update('jane', { set: { username: 'janed' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_rejected' });
    expect(at.held('jane')['username']).toBe('jane.doe@acme.example');
  });
});

describe('required actions', () => {
  it('are replaced as a list, and the list is what is asked for', async () => {
    await at.update('jane', { set: { requiredActions: ['VERIFY_EMAIL', 'CONFIGURE_TOTP'] } });
    expect(at.held('jane')['requiredActions']).toEqual(['CONFIGURE_TOTP', 'VERIFY_EMAIL']);
  });

  it('can all be taken away', async () => {
    await at.update('jane', { clear: ['requiredActions'] });
    expect(at.body()).toEqual({ requiredActions: [] });
    expect(at.held('jane')['requiredActions']).toEqual([]);
  });
});

it('says by direction what disabling and enabling does', async () => {
  const asking = await createPipeline({ config: { providers: ['preset:keycloak'], policy: {} } });
  const messageOf = async (enabled: boolean) => {
    const asked = await asking.converse('keycloak', {
      user_id: idOf('keycloak', enabled ? 'max' : 'jane'),
      set: { enabled },
    });
    return asked.kind === 'ask' ? asked.question.message : '';
  };
  expect(await messageOf(false)).toContain('takes their access');
  expect(await messageOf(true)).toContain('gives their access back');
  await asking.stop();
});

describe('find_user', () => {
  const find = async (query: string) => {
    const { users } = await searchAt(at.pipeline, 'keycloak', query);
    return users.map(({ user_id }) => user_id);
  };

  it.each([
    ['an address', 'John.Smith@acme.example', 'john'],
    ['a user name', 'jsmith', 'john'],
    ['names in either order', 'doe jane', 'jane'],
    ['a name in its own script', '美咲', 'misaki'],
    ['an id', idOf('keycloak', 'priya'), 'priya'],
  ] as const)('finds by %s', async (_, query, key) => {
    expect(await find(query)).toEqual([idOf('keycloak', key)]);
  });

  it('does not take a part of an address for it', async () => {
    expect(await find('smith@acme.example')).toEqual([]);
  });

  it('pages by offset until the last one', async () => {
    for (let nth = 0; nth < 120; nth++) {
      const id = `7a1c5f0e-3b2d-4c6e-9f80-${String(nth).padStart(12, '0')}`;
      at.vendor.users.set(id, { id, username: `a-${nth}`, firstName: 'Zoe', lastName: `Number${nth}`, enabled: true });
    }
    at.vendor.users.set('last', { id: 'last', username: 'zz', firstName: 'Zoe', lastName: 'Last', enabled: true });
    expect(await find('Zoe Last')).toEqual(['last']);
    expect(await find('Zoe')).toHaveLength(20);
  });
});

it('takes a base URL with a path and a slash at its end', async () => {
  const slashed = await createPipeline({
    config: {
      providers: ['preset:keycloak'],
      connections: {
        hr: {
          provider: 'keycloak',
          baseUrl: '${env:KEYCLOAK_BASE_URL}/',
          realm: '${env:KEYCLOAK_REALM}',
          clientId: '${env:KEYCLOAK_CLIENT_ID}',
          clientSecret: '${env:KEYCLOAK_CLIENT_SECRET}',
        },
      },
    },
  });
  const result = await slashed.call('hr', { user_id: idOf('keycloak', 'jane'), set: { enabled: false } });
  expect(result, result.message).toMatchObject({ outcome: 'updated', connection: 'hr' });
  await slashed.stop();
});
