import { expect, it } from 'vitest';
import { commandEntry } from '../../../src/cli/clients/client.ts';
import type { Place } from '../../../src/cli/clients/folders.ts';
import { clients } from '../../../src/cli/clients/index.ts';

const server = {
  command: 'node',
  args: ['/srv/main.js'],
  variables: { required: ['AWORK_API_KEY'], optional: ['AWORK_BASE_URL'] },
};

const byId = (id: string) => {
  const client = clients.find((one) => one.id === id);
  if (!client) throw new Error(id);
  return client;
};

it('there are ten, by ids that stay', () => {
  expect(clients.map(({ id }) => id)).toEqual([
    'claude-code',
    'claude-desktop',
    'cursor',
    'vscode',
    'codex',
    'gemini',
    'windsurf',
    'opencode',
    'copilot-cli',
    'zed',
  ]);
});

const env = { A: '${A}', B: '${B:-}' };
it.each<readonly [string, object]>([
  ['claude-code', { type: 'stdio', env: { AWORK_API_KEY: '${AWORK_API_KEY}', AWORK_BASE_URL: '${AWORK_BASE_URL:-}' } }],
  ['cursor', { env: { AWORK_API_KEY: '${env:AWORK_API_KEY}', AWORK_BASE_URL: '${env:AWORK_BASE_URL}' } }],
  [
    'vscode',
    { type: 'stdio', env: { AWORK_API_KEY: '${env:AWORK_API_KEY}', AWORK_BASE_URL: '${env:AWORK_BASE_URL}' } },
  ],
  ['codex', { env_vars: ['AWORK_API_KEY', 'AWORK_BASE_URL'] }],
  ['gemini', { env: { AWORK_API_KEY: '$AWORK_API_KEY', AWORK_BASE_URL: '${AWORK_BASE_URL:-}' } }],
  ['windsurf', { env: { AWORK_API_KEY: '${env:AWORK_API_KEY}', AWORK_BASE_URL: '${env:AWORK_BASE_URL}' } }],
  [
    'opencode',
    { type: 'local', environment: { AWORK_API_KEY: '{env:AWORK_API_KEY}', AWORK_BASE_URL: '{env:AWORK_BASE_URL}' } },
  ],
  [
    'copilot-cli',
    { type: 'local', tools: ['*'], env: { AWORK_API_KEY: '${AWORK_API_KEY}', AWORK_BASE_URL: '${AWORK_BASE_URL:-}' } },
  ],
])('%s gets references in its own syntax', (id, expected) => {
  const entry = byId(id).localEntry(server);
  expect(entry).toMatchObject(expected);
  expect([entry['command'], entry['args'] ?? []].flat()).toEqual(['node', '/srv/main.js']);
});

it.each(['claude-desktop', 'zed'])('%s, which resolves nothing, gets no variables', (id) => {
  expect(byId(id).localEntry(server)).toEqual({ command: 'node', args: ['/srv/main.js'] });
});

it('an entry without variables has no empty list of them', () => {
  const bare = { ...server, variables: { required: [], optional: [] } };
  for (const { localEntry } of clients)
    expect(Object.keys(localEntry(bare))).not.toEqual(expect.arrayContaining(['env']));
  expect(
    commandEntry({ ...server, variables: { required: ['A'], optional: ['B'] } }, byId('claude-code').references)['env'],
  ).toEqual(env);
});

it.each<readonly [string, object]>([
  ['claude-code', { type: 'http', url: 'https://u.example/mcp', headers: { Authorization: 'Bearer ${T}' } }],
  ['cursor', { url: 'https://u.example/mcp', headers: { Authorization: 'Bearer ${env:T}' } }],
  ['vscode', { type: 'http', url: 'https://u.example/mcp', headers: { Authorization: 'Bearer ${env:T}' } }],
  ['codex', { url: 'https://u.example/mcp', bearer_token_env_var: 'T' }],
  ['gemini', { httpUrl: 'https://u.example/mcp', headers: { Authorization: 'Bearer $T' } }],
  ['windsurf', { serverUrl: 'https://u.example/mcp', headers: { Authorization: 'Bearer ${env:T}' } }],
  [
    'opencode',
    { type: 'remote', url: 'https://u.example/mcp', headers: { Authorization: 'Bearer {env:T}' }, enabled: true },
  ],
  [
    'copilot-cli',
    { type: 'http', url: 'https://u.example/mcp', headers: { Authorization: 'Bearer ${T}' }, tools: ['*'] },
  ],
  ['zed', { url: 'https://u.example/mcp' }],
])('%s reaches a team’s server with a reference to the token', (id, expected) => {
  expect(byId(id).remoteEntry?.({ url: 'https://u.example/mcp', tokenVariable: 'T' })).toEqual(expected);
});

const HOME = { linux: '/h', darwin: '/h', win32: String.raw`C:\Users\j` } as const;
it.each<readonly [string, 'linux' | 'darwin' | 'win32', Record<string, string>, string]>([
  ['claude-code', 'linux', {}, '/h/.claude.json'],
  ['claude-code', 'linux', { CLAUDE_CONFIG_DIR: '/c' }, '/c/.claude.json'],
  ['claude-desktop', 'linux', {}, '/h/.config/Claude/claude_desktop_config.json'],
  ['claude-desktop', 'darwin', {}, '/h/Library/Application Support/Claude/claude_desktop_config.json'],
  ['claude-desktop', 'win32', {}, String.raw`C:\Users\j\AppData\Roaming\Claude\claude_desktop_config.json`],
  ['cursor', 'win32', {}, String.raw`C:\Users\j\.cursor\mcp.json`],
  ['vscode', 'linux', { XDG_CONFIG_HOME: '/x' }, '/x/Code/User/mcp.json'],
  ['vscode', 'darwin', {}, '/h/Library/Application Support/Code/User/mcp.json'],
  ['vscode', 'win32', { APPDATA: String.raw`D:\R` }, String.raw`D:\R\Code\User\mcp.json`],
  ['codex', 'linux', { CODEX_HOME: '/c' }, '/c/config.toml'],
  ['gemini', 'linux', { GEMINI_CLI_HOME: '/g' }, '/g/.gemini/settings.json'],
  ['windsurf', 'darwin', {}, '/h/.codeium/windsurf/mcp_config.json'],
  ['opencode', 'darwin', {}, '/h/.config/opencode/opencode.json'],
  ['copilot-cli', 'linux', { COPILOT_HOME: '/c' }, '/c/mcp-config.json'],
  ['zed', 'darwin', {}, '/h/.config/zed/settings.json'],
  ['zed', 'win32', {}, String.raw`C:\Users\j\AppData\Roaming\Zed\settings.json`],
])('%s on %s with %j has its file at %s', (id, platform, variables, expected) => {
  const place: Place = { platform, home: HOME[platform], env: variables };
  expect(byId(id).userFiles(place).at(-1)).toBe(expected);
});
