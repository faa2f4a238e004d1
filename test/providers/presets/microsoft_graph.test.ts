import { describe, expect, it, onTestFinished } from 'vitest';
import { credentials, type Fault, startSandbox } from '../../../src/sandbox/index.ts';
import type { JsonRecord } from '../../../src/sandbox/json.ts';
import { idOf, type PersonKey } from '../../../src/sandbox/people.ts';
import { searchAt } from '../../support/pipeline/find.ts';
import { useVendor } from '../../support/vendors/vendor-under-test.ts';

const at = useVendor('microsoft_graph', { config: { providers: ['preset:microsoft-graph'] } });
const graph = 'microsoft_graph';
const reads = () => at.vendor.requests.filter(({ method }) => method === 'GET');
const tokens = () => at.vendor.requests.filter(({ path }) => path.endsWith('/oauth2/v2.0/token'));

/** A first page with nobody on it, and a link to the next. */
const pageWith = (next: string): Fault => ({
  ...{ kind: 'status', method: 'GET', path: 'startswith', status: 200 },
  body: { value: [], '@odata.nextLink': next },
});

describe('reading', () => {
  it('asks by name for what the vendor leaves out otherwise', async () => {
    const result = await at.update('jane', { set: { department: 'Platform' } });
    expect(result).toMatchObject({
      outcome: 'updated',
      changes: [{ field: 'department', before: 'Product', after: 'Platform' }],
    });
    expect(reads().length).toBeGreaterThan(1);
    for (const { path } of reads()) expect(decodeURIComponent(path)).toMatch(/\$select=id,.*\bdepartment\b/);
  });

  it('takes the user principal name, and goes on with the id', async () => {
    const result = await at.pipeline.call(graph, { user_id: 'JSmith@acme.example', set: { jobTitle: 'Engineer II' } });
    expect(result).toMatchObject({ outcome: 'updated', user: { id: idOf(graph, 'john') } });
    expect(at.held('john')['jobTitle']).toBe('Engineer II');
  });
});

describe('writing', () => {
  it('sends only what changes, and reads back what an answer without a body does not say', async () => {
    const before = at.held('priya');
    expect(await at.update('priya', { set: { jobTitle: 'Lead' } })).toMatchObject({ outcome: 'updated' });
    expect(at.body()).toEqual({ jobTitle: 'Lead' });
    expect(at.held('priya')).toEqual({ ...before, jobTitle: 'Lead' });
    expect(at.vendor.requests.at(-1)?.method).toBe('GET');
  });

  it('keeps the other part of employeeOrgData, which the vendor would empty', async () => {
    await at.update('jane', { set: { employeeOrgData: { division: 'Lab' } } });
    expect(at.body()).toEqual({ employeeOrgData: { division: 'Lab', costCenter: '4711' } });
    expect(at.held('jane')['employeeOrgData']).toEqual({ division: 'Lab', costCenter: '4711' });
  });

  it('keeps the other extension attributes', async () => {
    const before = at.held('jane')['onPremisesExtensionAttributes'];
    await at.update('jane', { set: { onPremisesExtensionAttributes: { extensionAttribute2: 'x' } } });
    expect(at.held('jane')['onPremisesExtensionAttributes']).toEqual({ ...Object(before), extensionAttribute2: 'x' });
  });

  it('empties the business phones with a list, and takes one at most', async () => {
    const two = await at.update('jane', { set: { businessPhones: ['+1 425 555 0109', '+1 425 555 0110'] } });
    expect(two).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(at.vendor.requests).toHaveLength(0);
    expect(await at.update('jane', { clear: ['businessPhones'] })).toMatchObject({ outcome: 'updated' });
    expect(at.body()).toEqual({ businessPhones: [] });
  });

  it.each(['displayName', 'mailNickname', 'userPrincipalName', 'usageLocation', 'accountEnabled', 'mail'])(
    'does not empty %s, which the vendor does not let be emptied',
    async (field) => {
      const result = await at.update('jane', { clear: [field] });
      expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
      expect(at.vendor.requests).toHaveLength(0);
    },
  );

  it('does not call it collateral that a new mail comes first among the addresses', async () => {
    const result = await at.update('jane', { set: { mail: 'janet@acme.example' } });
    expect(result).toMatchObject({ outcome: 'updated' });
    expect(result).not.toHaveProperty('collateral');
    expect(at.held('jane')['proxyAddresses']).toEqual(['SMTP:janet@acme.example', 'smtp:jane.doe@acme.example']);
  });

  it('sends a password alone, and shows it nowhere', async () => {
    const result = await at.update('jane', { set: { password: 'Quite-New-4711' } });
    expect(at.body()).toEqual({ passwordProfile: { password: 'Quite-New-4711' } });
    expect(JSON.stringify(result)).not.toContain('4711');
    expect(at.held('jane')['passwordProfile']).toMatchObject({
      ...{ password: 'Quite-New-4711', forceChangePasswordNextSignIn: true },
    });
  });

  it('cannot change the manager, which is another call', async () => {
    const result = await at.update('jane', { set: { manager: idOf(graph, 'max') } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'invalid_input' });
    expect(at.vendor.requests).toHaveLength(0);
  });
});

describe('tokens', () => {
  it('are asked for once, with a form that has the scope of the application', async () => {
    await at.update('jane', { set: { city: 'Oakland' } });
    await at.update('john', { set: { city: 'Oakland' } });
    // Another test may have been first.
    expect(tokens().length).toBeLessThanOrEqual(1);
  });

  it('are renewed once when the vendor refuses one that has not expired', async () => {
    await at.update('jane', { set: { city: 'Oakland' } });
    at.vendor.requests.length = 0;
    at.vendor.options.revokedBefore = Date.now() + 1;
    expect(await at.update('jane', { set: { city: 'Fresno' } })).toMatchObject({ outcome: 'updated' });
    expect(tokens()).toHaveLength(1);
    expect(tokens()[0]?.rawBody).toContain('scope=https%3A%2F%2Fgraph.microsoft.com%2F.default');
    expect(at.puts()).toHaveLength(1);
    expect(at.held('jane')['city']).toBe('Fresno');
  });

  it('are renewed between reading and writing, and the write is sent once', async () => {
    await at.update('jane', { set: { city: 'Oakland' } });
    at.vendor.requests.length = 0;
    at.vendor.faults.push({
      kind: 'run',
      method: 'PATCH',
      run(vendor) {
        Object.assign(vendor.options, { revokedBefore: Date.now() + 1 });
      },
    });
    expect(await at.update('jane', { set: { city: 'Fresno' } })).toMatchObject({ outcome: 'updated' });
    expect(at.puts()).toHaveLength(2);
    expect(at.held('jane')['city']).toBe('Fresno');
  });
});

describe('what the vendor sends back', () => {
  const { clientSecret } = credentials[graph];
  const secrets = () => [
    ...[clientSecret, encodeURIComponent(clientSecret), Buffer.from(clientSecret).toString('base64')],
    ...at.vendor.requests.flatMap(({ headers }) => headers['authorization']?.split(' ')[1] ?? []),
  ];

  it('of a token is shown nowhere', async () => {
    at.vendor.faults.push({ kind: 'echo', method: 'PATCH' });
    const result = await at.update('jane', { set: { city: 'Oakland' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_rejected' });
    expect(secrets().length).toBeGreaterThan(3);
    for (const secret of secrets()) expect(JSON.stringify(result)).not.toContain(secret);
  });

  it('of the client secret is shown nowhere, and no request follows with a token that was refused', async () => {
    at.vendor.options.revokedBefore = Date.now() + 1;
    at.vendor.faults.push({ kind: 'echo', path: '/oauth2/' });
    const result = await at.update('jane', { set: { city: 'Oakland' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'credentials_rejected' });
    for (const secret of secrets()) expect(JSON.stringify(result)).not.toContain(secret);
    expect(at.puts()).toHaveLength(0);
  });
});

describe('find_user', () => {
  const found = async (query: string) => {
    const { users, gaps } = await searchAt(at.pipeline, graph, query);
    return [users.map(({ user_id }) => user_id), gaps];
  };
  const filters = () =>
    reads().flatMap(({ path }) => new URL(path, 'http://sandbox.invalid').searchParams.get('$filter') ?? []);

  it.each<[string, string, PersonKey[]]>([
    ['e-mail', 'JANE.DOE@acme.example', ['jane']],
    ['user principal name', 'jsmith@acme.example', ['john']],
    ['first name', 'jane', ['jane']],
    ['whole name', 'Anna Lee', ['anna', 'anna2']],
    ['last name', '田中', ['misaki']],
    ['employee id', 'E-1001', ['jane']],
    ['object id', idOf(graph, 'max'), ['max']],
  ])('finds people by %s', async (_, query, keys) => {
    expect(await found(query)).toEqual([keys.map((key) => idOf(graph, key)), []]);
  });

  it('doubles a quote, so that a name with one is a name', async () => {
    at.edit('john', (record) => Object.assign(record, { surname: "O'Brien", displayName: "John O'Brien" }));
    expect((await found("O'Brien"))[0]).toEqual([idOf(graph, 'john')]);
    expect(filters()).toContain(
      "startswith(displayName,'O''Brien') or startswith(givenName,'O''Brien') or startswith(surname,'O''Brien')",
    );
  });

  it('follows the link to the next page, with the token of the connection', async () => {
    at.vendor.faults.push(pageWith(`${at.pipeline.sandbox.url}/${graph}/v1.0/users?$filter=surname eq 'Doe'`));
    expect(await found('Doe')).toEqual([[idOf(graph, 'jane')], []]);
  });

  it('does not follow a link to another host: the token stays here, and the answer says that there is more', async () => {
    const other = await startSandbox();
    onTestFinished(() => other.close());
    for (const base of [`${other.url}/${graph}`, `${at.pipeline.sandbox.url}/zendesk`]) {
      at.vendor.faults.push(pageWith(`${base}/v1.0/users`));
      const [users, gaps] = await found('Doe');
      expect(users).toEqual([]);
      expect(gaps).toMatchObject([{ provider: graph, why: expect.stringMatching(/page/) }]);
    }
    expect(Object.values(other.vendors).flatMap(({ requests }) => requests)).toEqual([]);
    expect(at.pipeline.sandbox.vendors.zendesk.requests).toEqual([]);
  });

  it('cannot be made to find more by a quote', async () => {
    expect((await found("x') or startswith(displayName,'a"))[0]).toEqual([]);
    expect((await found("nobody@acme.example' or mail ne 'x"))[0]).toEqual([]);
  });
});

describe('errors', () => {
  it('say of a user who is maintained on premises where the change is made', async () => {
    at.edit('john', (record) => Object.assign(record, { onPremisesSyncEnabled: true }));
    const before = at.held('john');
    const result = await at.update('john', { set: { jobTitle: 'X' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'upstream_rejected' });
    expect(result.message).toContain('synchronized from an on-premises directory');
    expect(at.held('john')).toEqual(before);
  });

  it('say of an administrator what the application would need', async () => {
    at.vendor.options.administrators = [idOf(graph, 'jane')];
    const result = await at.update('jane', { set: { mobilePhone: '+1 425 555 0112' } });
    expect(result).toMatchObject({ outcome: 'failed', code: 'forbidden' });
    expect(result.message).toContain('administrator role');
  });

  it.each<[string, JsonRecord]>([
    ['a sign-in name', { userPrincipalName: 'JSMITH@acme.example' }],
    ['an address', { mail: 'john.smith@acme.example' }],
  ])('say that %s is taken', async (_, set) => {
    expect(await at.update('jane', { set })).toMatchObject({ outcome: 'failed', code: 'uniqueness_conflict' });
  });
});
