import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import { defaultStateFolder, keyFileOf } from '../../src/config/paths.ts';
import { UsageError } from '../../src/errors.ts';
import { providers } from '../../src/providers/index.ts';
import { baseUrlOf } from '../../src/providers/interpret/address.ts';
import { settingsFrom } from '../support/pipeline/pipeline.ts';

const AWORK = { AWORK_API_KEY: 'secret-awork-key' };

function mistake(config: unknown, env: Record<string, string> = {}): string {
  try {
    settingsFrom(config, env);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('these settings were accepted');
}

describe('the environment alone', () => {
  it.each([
    ['atomicwork', { ATOMICWORK_TENANT: 'acme', ATOMICWORK_API_KEY: 'k' }],
    ['atomicwork', { ATOMICWORK_TENANT: 'acme', ATOMICWORK_API_KEY: 'k', ATOMICWORK_WORKSPACE_ID: '7' }],
    ['awork', AWORK],
    ['atlassian', { ATLASSIAN_DIRECTORY_ID: 'd', ATLASSIAN_SCIM_TOKEN: 't' }],
    ['dayzero', { DAYZERO_TOKEN: 't', DAYZERO_BUSINESS_ID: 'b' }],
    ['dayzero', { DAYZERO_TOKEN: 't', DAYZERO_BUSINESS_ID: 'b', DAYZERO_USER_EMAIL: 'a@b.example' }],
    ['mediasilo', { MEDIASILO_HOST_CONTEXT: 'h', MEDIASILO_USERNAME: 'u', MEDIASILO_PASSWORD: 'p' }],
    ['mediasilo', { MEDIASILO_HOST_CONTEXT: 'h', MEDIASILO_SESSION_KEY: 's' }],
    ['mediasilo', { MEDIASILO_KEY: 'k', MEDIASILO_SECRET: 's' }],
  ])('connects %s by %j', (id, env) => {
    const { connections } = loadSettings(env);
    expect(connections.map(({ name, provider }) => [name, provider.id])).toEqual([[id, id]]);
  });

  it.each(providers.flatMap(({ id, settings, signIn }) => signIn.map(({ needs }) => [id, needs, settings] as const)))(
    'connects %s with %j, and with nothing less',
    (_id, keys, settings) => {
      const given = Object.fromEntries(keys.map((key) => [key, /url$/i.test(key) ? 'https://vendor.example' : '1']));
      expect(settings.safeParse(given).success).toBe(true);
      for (const key of keys) expect(settings.safeParse({ ...given, [key]: undefined }).success, key).toBe(false);
    },
  );

  it.each([
    [{}, 0],
    [{ AWORK_API_KEY: '' }, 0],
    [{ AWORK_BASE_URL: 'http://127.0.0.1:1' }, 0],
    [{ ...AWORK, DAYZERO_TOKEN: 't', DAYZERO_BUSINESS_ID: 'b' }, 2],
  ])('%j makes %d connections', (env, count) => {
    expect(loadSettings(env).connections).toHaveLength(count);
  });

  it.each([
    [{ ATOMICWORK_TENANT: 'acme' }, 'ATOMICWORK_API_KEY'],
    [{ ATOMICWORK_API_KEY: 'k' }, 'ATOMICWORK_TENANT'],
    [{ ATOMICWORK_API_KEY: 'k', ATOMICWORK_TENANT: 'a/b' }, 'ATOMICWORK_TENANT'],
    [{ ATOMICWORK_API_KEY: 'k', ATOMICWORK_TENANT: 'a', ATOMICWORK_WORKSPACE_ID: 'x' }, 'ATOMICWORK_WORKSPACE_ID'],
    [{ ATLASSIAN_DIRECTORY_ID: 'd' }, 'ATLASSIAN_SCIM_TOKEN'],
    [{ ATLASSIAN_SCIM_TOKEN: 't' }, 'ATLASSIAN_DIRECTORY_ID'],
    [{ DAYZERO_TOKEN: 't' }, 'DAYZERO_BUSINESS_ID'],
    [{ DAYZERO_BUSINESS_ID: 'b' }, 'DAYZERO_TOKEN'],
    [{ DAYZERO_TOKEN: 't', DAYZERO_BUSINESS_ID: 'b', DAYZERO_USER_EMAIL: 'nobody' }, 'DAYZERO_USER_EMAIL'],
    [{ MEDIASILO_HOST_CONTEXT: 'h', MEDIASILO_USERNAME: 'u' }, 'MEDIASILO_USERNAME'],
    [{ MEDIASILO_USERNAME: 'u', MEDIASILO_PASSWORD: 'p' }, 'MEDIASILO_HOST_CONTEXT'],
    [{ MEDIASILO_KEY: 'k', MEDIASILO_HOST_CONTEXT: 'h' }, 'MEDIASILO_USERNAME'],
    [{ ...AWORK, AWORK_BASE_URL: 'not a url' }, 'AWORK_BASE_URL'],
    [{ AWORK_API_KEY: 'key-with-a-“quote”' }, 'AWORK_API_KEY'],
    [{ AWORK_API_KEY: 'key\nwith-a-line' }, 'AWORK_API_KEY'],
    [{ UPDATE_USER_LOG: 'loud' }, 'UPDATE_USER_LOG'],
  ])('%j names %s', (env, variable) => {
    expect(() => loadSettings({ ...env })).toThrow(UsageError);
    expect(() => loadSettings({ ...env })).toThrow(variable);
  });
});

describe('a base URL', () => {
  it.each([
    'https://api.acme.example',
    'http://127.0.0.1:4600/awork',
    'http://127.8.9.10',
    'http://localhost:1',
    'http://[::1]:1',
  ])('may be %s', (url) => {
    expect(loadSettings({ ...AWORK, AWORK_BASE_URL: url }).connections).toHaveLength(1);
  });

  it.each([
    'http://api.acme.example',
    'http://10.0.0.1',
    'http://0.0.0.0:80',
    'http://127.0.0.1.evil.example',
    'http://127.evil.example',
    'http://localhost.evil.example',
    'http://[::2]',
    'ftp://127.0.0.1',
    'file:///etc/passwd',
  ])('may not be %s', (url) => {
    expect(() => loadSettings({ ...AWORK, AWORK_BASE_URL: url })).toThrow(/^AWORK_BASE_URL: .*https/);
  });

  it('may not contain a password, and does not show it', () => {
    const env = { ...AWORK, AWORK_BASE_URL: 'https://me:hunter2@api.acme.example' };
    expect(() => loadSettings(env)).toThrow(/^AWORK_BASE_URL: (?!.*hunter2)/);
  });
});

describe('the store', () => {
  const storeOf = (text: string) => loadSettings({ UPDATE_USER_STORE: text }).store;

  it.each([
    ['memory', { kind: 'memory' }],
    [' memory\n', { kind: 'memory' }],
    ['changes.db', { kind: 'file', path: 'changes.db' }],
    ['C:\\state\\changes.db', { kind: 'file', path: 'C:\\state\\changes.db' }],
    ['~/state/changes.db', { kind: 'file', path: join(homedir(), 'state/changes.db') }],
    ['a/~/changes.db', { kind: 'file', path: 'a/~/changes.db' }],
    ...[
      'postgres://me:secret@db.example:5432/users?sslmode=require',
      'postgresql://db.example/users',
      'POSTGRES://me@db.example/users',
      'postgres://me:sec%2Fret@db.example/users',
      'postgres://me:secret@one.example:5432,two.example:5433/users',
      'postgres:///users?host=/run/postgresql',
    ].map((url) => [url, { kind: 'postgres', url }] as const),
  ] as const)('may be %j', (text, location) => {
    expect(storeOf(text)).toEqual(location);
  });

  it.each([
    ['changes.db', 'changes.db.key'],
    ['postgres://db.example/users', join(defaultStateFolder({}), 'key')],
  ])('%j has its key in %s where none is configured', (text, file) => {
    expect(keyFileOf(storeOf(text), {})).toBe(file);
  });

  it.each([
    'mysql://me:hunter2@db.example/users',
    'postgress://me:hunter2@db.example/users',
    'https://me:hunter2@db.example/users',
    ' mysql://me:hunter2@db.example/users',
    'file:///hunter2/changes.db',
    'postgres://me:hunter2@db.example:99999/users',
    'postgres://me:hunter2@db.example:port/users',
    'postgres://me:hunter2@one.example:5432,two.example:99999/users',
    'postgres://me:hunter2/x@db.example/users',
    'postgres://me:hunter2%@db.example/users',
    'postgres:me:hunter2@db.example/users',
  ])('may not be %j, and its password is not shown', (url) => {
    expect(() => storeOf(url)).toThrow(UsageError);
    expect(() => storeOf(url)).toThrow(/^UPDATE_USER_STORE: (?!.*(hunter2|example\/users))/);
  });
});

describe('the file', () => {
  const hr = { provider: 'atomicwork', tenant: 'acme', apiKey: 'k' };

  it('can define several connections of one provider', () => {
    const { connections } = settingsFrom({ connections: { hr, 'hr.test-2': { ...hr, tenant: 'acme-test' } } });
    expect(connections.map(({ name, provider }) => `${name}: ${provider.id}`)).toEqual([
      'hr: atomicwork',
      'hr.test-2: atomicwork',
    ]);
  });

  it('is joined with the environment, and wins by name', () => {
    const connections = { hr, awork: { provider: 'awork', apiKey: 'of-the-file' } };
    const settings = settingsFrom({ connections }, { ...AWORK, DAYZERO_TOKEN: 't', DAYZERO_BUSINESS_ID: 'b' });
    expect(settings.connections.map(({ name }) => name).sort()).toEqual(['awork', 'dayzero', 'hr']);
    const awork = settings.connections.find(({ name }) => name === 'awork');
    expect(awork?.settings).toMatchObject({ apiKey: 'of-the-file' });
  });

  it('may name a connection like another provider', () => {
    const settings = settingsFrom({ connections: { awork: hr } }, AWORK);
    expect(settings.connections.map(({ name, provider }) => [name, provider.id])).toEqual([['awork', 'atomicwork']]);
  });

  it('applies the base URL of the environment to every connection without one', () => {
    const own = { ...hr, baseUrl: 'https://own.example' };
    const { tenant: _, ...nowhere } = hr;
    const env = { ATOMICWORK_BASE_URL: 'http://127.0.0.1:4600/atomicwork' };
    const { connections } = settingsFrom({ connections: { hr, own, nowhere } }, env);
    expect(connections.map(({ name, provider, settings }) => [name, baseUrlOf(provider, settings)])).toEqual([
      ['hr', 'http://127.0.0.1:4600/atomicwork'],
      ['own', 'https://own.example'],
      ['nowhere', 'http://127.0.0.1:4600/atomicwork'],
    ]);
    for (const url of ['http://vendor.example', 'nowhere'])
      expect(mistake({ connections: { hr } }, { ATOMICWORK_BASE_URL: url })).toMatch(/^ATOMICWORK_BASE_URL: /);
  });

  it.each([
    ['a key', { ATOMICWORK_API_KEY: 'k' }, ['hr']],
    ['a key and a base URL', { ATOMICWORK_API_KEY: 'k', ATOMICWORK_BASE_URL: 'https://a.example' }, ['hr']],
    ['a key and a tenant', { ATOMICWORK_API_KEY: 'k', ATOMICWORK_TENANT: 'acme' }, ['atomicwork', 'hr']],
  ] as const)('that refers to %s of the environment makes no incomplete connection', (_, env, names) => {
    const connections = { hr: { ...hr, apiKey: '${env:ATOMICWORK_API_KEY}' } };
    expect(settingsFrom({ connections }, env).connections.map(({ name }) => name)).toEqual(names);
  });

  it('loses to the environment on store, key and log', () => {
    const file = { store: 'memory', log: 'error', key: 'a'.repeat(64) };
    const env = { UPDATE_USER_STORE: 'changes.db', UPDATE_USER_LOG: 'debug', UPDATE_USER_KEY: 'b'.repeat(64) };
    const { store, log, key } = settingsFrom(file, env);
    expect({ store, log, key }).toEqual({
      store: { kind: 'file', path: 'changes.db' },
      log: 'debug',
      key: 'b'.repeat(64),
    });
  });

  it('may begin with a byte order mark', () => {
    expect(settingsFrom('\ufeff{"log":"error"}', { UPDATE_USER_LOG: '' }).log).toBe('error');
  });

  it('with an empty object changes nothing', () => {
    expect(settingsFrom({}).limits).toEqual(loadSettings({}).limits);
    expect(settingsFrom({}).policy).toEqual({ allowSecretInput: false, rules: [] });
  });

  it('sets every limit', () => {
    const limits = {
      callSeconds: 1,
      requestSeconds: 2,
      responseBytes: 3,
      concurrentWrites: 4,
      attempts: 5,
      undoDays: 6,
    };
    expect(settingsFrom({ limits }).limits).toMatchObject({
      callMs: 1000,
      requestMs: 2000,
      responseBytes: 3,
      concurrentWrites: 4,
      attempts: 5,
      undoDays: 6,
    });
  });

  it.each([
    ['an unknown key', { polcy: {} }, /polcy: not a known key/],
    ['an unknown key inside', { policy: { rule: [] } }, /policy\.rule: not a known key/],
    ['an unknown limit', { limits: { timeout: 1 } }, /limits\.timeout: not a known key/],
    [
      'an unknown setting of a connection',
      { connections: { hr: { ...hr, token: 'x' } } },
      /connections\.hr\.token: not a/,
    ],
    ['a connection without provider', { connections: { hr: { tenant: 'x' } } }, /connections\.hr\.provider/],
    [
      'a connection of an unknown provider',
      { connections: { hr: { ...hr, provider: 'acme' } } },
      /connections\.hr\.provider: expected one of .*atomicwork/,
    ],
    [
      'a connection that lacks a key',
      { connections: { hr: { provider: 'awork' } } },
      /connections\.hr\.apiKey: is missing/,
    ],
    ['a name with a space', { connections: { 'h r': hr } }, /connections\.h r: a name/],
    [
      'a plain http connection',
      { connections: { hr: { ...hr, baseUrl: 'http://a.example' } } },
      /connections\.hr\.baseUrl: expected https/,
    ],
    ['an unknown clearable field', { connections: { hr: { ...hr, clearable: ['titel'] } } }, /clearable.*titel/],
    ['a negative limit', { limits: { callSeconds: -1 } }, /limits\.callSeconds/],
    ['a limit as a string', { limits: { callSeconds: '30' } }, /limits\.callSeconds/],
    ['an unknown channel', { confirmation: { channel: 'none' } }, /confirmation\.channel/],
    [
      'a value that is not a string',
      { policy: { rules: [{ newValue: 5, decision: 'deny' }] } },
      /newValue: expected a string/,
    ],
    ['a short key', { key: 'short' }, /^key: expected 32 bytes/],
    ['a short old key', { oldKeys: ['a'.repeat(64), 'short'] }, /^oldKeys\[1\]: expected 32 bytes/],
    ['a list', [], /the file/],
    ['text that is not JSON', '{"log": "info",\n\n}', /not valid JSON, line 3/],
    [
      'a policy that a second one would replace',
      '{"policy": {"rules": [{"field": "*", "decision": "deny"}]},\n"policy": {}}',
      /mcp\.config\.json: "policy" appears twice; .* \(line 2, column 1\)$/,
    ],
    ['a key twice, further down', '{"limits": {"attempts": 1, "attempts": 2}}', /"attempts" appears twice/],
    ['a key twice, once escaped', '{"log": "info", "l\\u006fg": "hunter2"}', /"log" appears twice(?!.*hunter2)/],
    ['a connection __proto__', '{"connections": {"__proto__": {"provider": "awork"}}}', /"__proto__" cannot be/],
    ['nothing', '', /not valid JSON/],
  ] as readonly [string, unknown, RegExp][])('with %s is refused by name', (_name, config, message) => {
    expect(mistake(config)).toMatch(message);
  });

  it('names the key or the variable that store and key come from', () => {
    const file = { store: 'mysql://me:hunter2@h/db', key: 'a'.repeat(64) };
    expect(mistake(file, { UPDATE_USER_STORE: '' })).toMatch(/^store: (?!.*hunter2)/);
    expect(mistake(file, { UPDATE_USER_STORE: 'mysql://h' })).toMatch(/^UPDATE_USER_STORE: /);
    const { names } = settingsFrom({ ...file, store: 'memory' }, { UPDATE_USER_STORE: '' });
    expect(names).toEqual({ store: 'store', key: 'key' });
  });

  it.each([
    ['limits', 'callSeconds', 3600],
    ['limits', 'findSeconds', 3600],
    ['limits', 'requestSeconds', 3600],
    ['limits', 'undoDays', 36_525],
    ['confirmation', 'answerWithinSeconds', 86_400],
    ['confirmation', 'expiresMinutes', 10_080],
    ['confirmation', 'approvalExpiresHours', 8784],
  ])('accepts %s.%s up to %d, the limit of timers and dates', (part, name, most) => {
    expect(() => settingsFrom({ [part]: { [name]: most } })).not.toThrow();
    expect(mistake({ [part]: { [name]: most + 1 } })).toMatch(new RegExp(`${part}\\.${name}: .*${most}`));
  });

  it('sends a yes that came too fast out of band only where minAnswerMs is set', () => {
    expect(settingsFrom({}).confirmation.minAnswerMs).toBe(0);
    expect(settingsFrom({ confirmation: { minAnswerMs: 800 } }).confirmation.minAnswerMs).toBe(800);
    for (const minAnswerMs of [-1, 1.5, '800', 86_400_001])
      expect(mistake({ confirmation: { minAnswerMs } })).toMatch(/confirmation\.minAnswerMs: /);
  });

  it('accepts sessions that idle for a week, and no longer', () => {
    expect(settingsFrom({ http: { sessions: { idleMinutes: 10_080 } } }).http.sessions.idleMs).toBe(604_800_000);
    expect(mistake({ http: { sessions: { idleMinutes: 35_792 } } })).toMatch(/http\.sessions\.idleMinutes: .*10080/);
  });

  it.each([
    [{ UPDATE_USER_CONFIG: '' }, undefined, /^UPDATE_USER_CONFIG: is empty/],
    [{}, '', /^--config: is empty/],
    [{ UPDATE_USER_CONFIG: 'not-read.json' }, '', /^--config: is empty/],
  ])(
    'with an empty path (%j, --config %j) is a mistake: without it there would be no policy',
    (env, option, message) => {
      expect(() => loadSettings(env, option)).toThrow(UsageError);
      expect(() => loadSettings(env, option)).toThrow(message);
    },
  );

  it('that does not exist is named', () => {
    expect(() => loadSettings({}, 'no-such-file.json')).toThrow(/no-such-file\.json: .*ENOENT/);
    expect(() => loadSettings({ UPDATE_USER_CONFIG: 'no-such-file.json' })).toThrow(/no-such-file\.json/);
  });
});
