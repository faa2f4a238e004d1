import { describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import { UsageError } from '../../src/errors.ts';
import { providers } from '../../src/providers/index.ts';
import { settingsFrom } from '../support/pipeline/pipeline.ts';
import { runProgram } from '../support/program/run-program.ts';

/** Values with something that is not part of them: placeholders, quotation marks, line breaks, header prefixes. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // they start programs

function mistake(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('these settings were accepted');
}

const VARIABLES = [
  ...providers.flatMap(({ env }) => Object.values(env)),
  ...['UPDATE_USER_CONFIG', 'UPDATE_USER_STORE', 'UPDATE_USER_KEY', 'UPDATE_USER_LOG', 'HTTPS_PROXY', 'XDG_STATE_HOME'],
];

describe('a variable that a client did not fill in', () => {
  it.each(VARIABLES)('%s stops the start, whatever the client writes', (name) => {
    for (const [placeholder, missing] of [
      [`\${${name}}`, name],
      [`\${env:${name}}`, name],
      ['${user_config.awork_key}', 'user_config.awork_key'],
      ['${input:awork-key}', 'input:awork-key'],
      [`\${${name}:-}`, name],
      [`$${name}`, name],
      ['$OTHER_NAME', 'OTHER_NAME'],
      [` \${env:${name}}\n`, name],
    ] as const) {
      const message = mistake(() => loadSettings({ [name]: placeholder }));
      expect(message).toMatch(new RegExp(`^${name}: is still the placeholder `));
      expect(message).toContain(`did not fill in ${missing};`);
    }
  });

  it('is named, each on a line of its own', () => {
    const env = { ATOMICWORK_TENANT: '${ATOMICWORK_TENANT}', ATOMICWORK_API_KEY: '${ATOMICWORK_API_KEY}' };
    const lines = mistake(() => loadSettings(env)).split('\n');
    expect(lines.map((line) => line.split(':')[0])).toEqual(['ATOMICWORK_TENANT', 'ATOMICWORK_API_KEY']);
  });

  it('is shown by its name only', () => {
    const message = mistake(() => loadSettings({ AWORK_API_KEY: '${AWORK_API_KEY:-hunter2}' }));
    expect(message).toContain('did not fill in AWORK_API_KEY');
    expect(message).not.toContain('hunter2');
    expect(mistake(() => loadSettings({ AWORK_API_KEY: '${hunter2 and more}' }))).not.toContain('hunter2');
  });

  it.each(['$5ecret', '$secret', 'a${AWORK_API_KEY}', 'a$AWORK', '$A-B', '{AWORK_API_KEY}', '$'])(
    '%s is an ordinary value',
    (value) => {
      expect(loadSettings({ AWORK_API_KEY: value }).connections[0]?.settings).toEqual({ apiKey: value });
    },
  );

  it.each([['stdio'], ['http', '--port', '0'], ['doctor'], ['changes', 'list']])(
    'ends `%s` with 2 and one line on stderr, with the log silent, too',
    async (...args) => {
      const env = { AWORK_API_KEY: '${AWORK_API_KEY}', UPDATE_USER_LOG: 'silent', UPDATE_USER_STORE: 'memory' };
      const { code, stdout, stderr } = await runProgram(args, env);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(
        /^update-user-mcp: AWORK_API_KEY: is still the placeholder \$\{AWORK_API_KEY\}: [^\n]+\n$/,
      );
    },
  );

  it('as the path of the configuration file stops the start, too', async () => {
    const { code, stderr } = await runProgram(['--config', '${user_config.file}'], { UPDATE_USER_STORE: 'memory' });
    expect([code, stderr]).toEqual([2, expect.stringContaining('--config: is still the placeholder')]);
  });
});

describe('a string of the configuration file that is a placeholder', () => {
  const awork = (apiKey: string) => ({ connections: { hr: { provider: 'awork', apiKey } } });
  it.each<[string, unknown, Record<string, string>, RegExp]>([
    [
      'a name without braces',
      awork('$AWORK_KEY'),
      {},
      /^connections\.hr\.apiKey: .*did not fill in AWORK_KEY.*\$\{env:NAME\}/,
    ],
    ['a name in braces', awork('${AWORK_KEY}'), {}, /^connections\.hr\.apiKey: expected .*, not \$\{AWORK_KEY\}/],
    ['one of an MCP bundle', awork('${user_config.key}'), {}, /^connections\.hr\.apiKey: .*\$\{user_config\.key\}/],
    ['a variable that holds one', awork('${env:MY_KEY}'), { MY_KEY: '${MY_KEY}' }, /^MY_KEY: is still the placeholder/],
    ['a part of a string', { store: 'postgres://${env:MY_HOST}/db' }, { MY_HOST: '$MY_HOST' }, /^MY_HOST: is still/],
    [
      'deep inside',
      { policy: { rules: [{ user: ['$ADMIN'], decision: 'deny' }] } },
      {},
      /^policy\.rules\[0\]\.user\[0\]: /,
    ],
    ['a host', { http: { allowedHosts: ['$HOST'] } }, {}, /^http\.allowedHosts\[0\]: .*did not fill in HOST/],
  ])('%s stops the start', (_, config, env, message) => {
    expect(mistake(() => settingsFrom(config, { UPDATE_USER_STORE: '', ...env }))).toMatch(message);
  });
});

describe('a credential', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['with its authentication scheme', { AWORK_API_KEY: 'Bearer sk-1' }, /^AWORK_API_KEY: begins with "Bearer"/],
    [
      'with its authentication scheme in lower case',
      { AWORK_API_KEY: 'bearer sk-1' },
      /^AWORK_API_KEY: begins with "bearer"/,
    ],
    [
      'with its whole header',
      { AWORK_API_KEY: 'Authorization: Bearer sk-1' },
      /^AWORK_API_KEY: begins with "Authorization:"/,
    ],
    [
      'with a header of its vendor',
      { ATOMICWORK_TENANT: 'a', ATOMICWORK_API_KEY: 'X-Api-Key: sk-1' },
      /^ATOMICWORK_API_KEY: begins/,
    ],
    ['in double quotes', { AWORK_API_KEY: '"sk-1"' }, /^AWORK_API_KEY: is in quotation marks/],
    ['in single quotes', { AWORK_API_KEY: "'sk-1'" }, /^AWORK_API_KEY: is in quotation marks/],
    ['in typographic quotes', { AWORK_API_KEY: '“sk-1”' }, /^AWORK_API_KEY: is in quotation marks/],
    ['of two lines', { AWORK_API_KEY: 'sk-1\nsk-2' }, /^AWORK_API_KEY: contains a line break.*U\+000A/],
    [
      'with a control character',
      { DAYZERO_TOKEN: 'sk-\u0001', DAYZERO_BUSINESS_ID: 'b' },
      /^DAYZERO_TOKEN: contains .*U\+0001/,
    ],
    [
      'with a zero-width space',
      { DAYZERO_TOKEN: 's', DAYZERO_BUSINESS_ID: 'b\u200bc' },
      /^DAYZERO_BUSINESS_ID: contains .*U\+200B/,
    ],
    [
      'of a base URL in quotes',
      { AWORK_API_KEY: 'k', AWORK_BASE_URL: '"https://a.example"' },
      /^AWORK_BASE_URL: is in quot/,
    ],
  ])('%s is refused by name, and not shown', (_, env, message) => {
    const said = mistake(() => loadSettings(env));
    expect(said).toMatch(message);
    expect(said).not.toContain('sk-');
    const [variable = '', value = ''] = Object.entries(env).find(([name]) => said.startsWith(name)) ?? [];
    const provider = providers.find((one) => Object.values(one.env).includes(variable));
    const keys = Object.entries(provider?.env ?? {}).flatMap(([key, name]) => (env[name] ? [[key, env[name]]] : []));
    const key = keys.find(([, one]) => one === value)?.[0];
    const config = { connections: { mine: { provider: provider?.id, ...Object.fromEntries(keys) } } };
    expect(mistake(() => settingsFrom(config))).toContain(`connections.mine.${key}: `);
  });

  it.each([' sk-1 ', 'sk-1\n', 'sk-1\r\n', '\tsk-1', '\u00a0sk-1', '\ufeffsk-1'])(
    'as %j is used without the white space around it',
    (AWORK_API_KEY) => {
      expect(loadSettings({ AWORK_API_KEY }).connections[0]?.settings).toEqual({ apiKey: 'sk-1' });
    },
  );

  it('that is sent encoded may begin with anything', () => {
    const env = { MEDIASILO_HOST_CONTEXT: 'h', MEDIASILO_USERNAME: 'u', MEDIASILO_PASSWORD: 'Basic training' };
    expect(loadSettings(env).connections[0]?.settings).toMatchObject({ password: 'Basic training' });
    expect(mistake(() => loadSettings({ ...env, MEDIASILO_PASSWORD: '"Basic training"' }))).toMatch(
      /^MEDIASILO_PASSWORD/,
    );
  });

  it('of white space only counts as missing', () => {
    expect(loadSettings({ AWORK_API_KEY: ' \n' }).connections).toEqual([]);
  });
});

describe('store, key, log and configuration file', () => {
  it.each([
    { UPDATE_USER_STORE: '"postgres://me:hunter2@db.example/users"' },
    { UPDATE_USER_STORE: "'changes.db'" },
    { UPDATE_USER_KEY: `"${'a'.repeat(64)}"` },
    { UPDATE_USER_LOG: '"info"' },
    { UPDATE_USER_CONFIG: '"mcp.config.json"' },
  ])('%j is in quotation marks, and refused', (env) => {
    const message = mistake(() => loadSettings(env));
    expect(message).toMatch(new RegExp(`^${Object.keys(env)[0]}: is in quotation marks`));
    expect(message).not.toContain('hunter2');
  });

  it('may be followed by a line break', () => {
    const { log, key } = loadSettings({ UPDATE_USER_LOG: 'warn\n', UPDATE_USER_KEY: `${'a'.repeat(64)}\n` });
    expect([log, key]).toEqual(['warn', 'a'.repeat(64)]);
  });

  it('count as missing where a variable is not set and its default is empty', () => {
    const config = { store: '${env:GONE:-}', log: '${env:GONE:-}', key: '${env:GONE:-}' };
    const { store, log, key } = settingsFrom(config, { UPDATE_USER_STORE: '', UPDATE_USER_LOG: '' });
    expect([store.kind, log, key]).toEqual(['file', 'info', undefined]);
  });
});

it('an optional setting of a connection with an empty default counts once its variable is set', () => {
  const hr = { provider: 'atomicwork', tenant: 'acme', apiKey: 'k', workspaceId: '${env:ATOMICWORK_WORKSPACE_ID:-}' };
  const settings = (env: Record<string, string>) =>
    settingsFrom({ connections: { hr } }, env).connections.find(({ name }) => name === 'hr')?.settings;
  expect(settings({})).toEqual({ tenant: 'acme', apiKey: 'k' });
  expect(settings({ ATOMICWORK_WORKSPACE_ID: '' })).toEqual({ tenant: 'acme', apiKey: 'k' });
  expect(settings({ ATOMICWORK_WORKSPACE_ID: '7' })).toEqual({ tenant: 'acme', apiKey: 'k', workspaceId: '7' });
});
