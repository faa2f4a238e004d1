import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import type { McpbManifestAny } from '@anthropic-ai/mcpb';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import manifestOfPackage from '../../package.json' with { type: 'json' };
import { type Artifact, checkArtifact, describeProgram, makeArtifacts } from '../../scripts/pack/artifacts.ts';
import { packagedFiles, readJson } from '../../scripts/pack/folder.ts';
import { type ServerFacts, useServer } from '../../scripts/pack/running-server.ts';
import { providers } from '../../src/providers/index.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { ROOT } from '../support/sources/read.ts';
import { extensionSchema, marketplaceSchema, pluginSchema } from './schemas/hosts.ts';

/** What `npm run pack:all` makes, started as its hosts do. Needs a build. */

const MCPB = join(ROOT, 'node_modules', '@anthropic-ai', 'mcpb', 'dist', 'cli', 'cli.js');
const NAMES = ['MCP bundle', 'Claude Code plugin', 'Gemini CLI extension'];
const dir = mkdtempSync(join(tmpdir(), 'update-user-artifacts-'));
let facts: ServerFacts;
let packaged: string[];
let made: Awaited<ReturnType<typeof makeArtifacts>>;

beforeAll(async () => {
  facts = await describeProgram(ROOT);
  packaged = packagedFiles(ROOT);
  made = await makeArtifacts({ root: ROOT, out: join(dir, 'out'), work: join(dir, 'work') }, facts, packaged);
}, 60_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function artifact(name: string): Artifact {
  const found = made.artifacts.find((one) => one.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

it('there is an artefact for each host', () => {
  expect(made.artifacts.map(({ name }) => name)).toEqual(NAMES);
  expect(readdirSync(join(dir, 'out')).sort()).toEqual(['claude-plugin', 'gemini-extension', 'update-user-mcp.mcpb']);
});

it('the same build makes the same bytes', async () => {
  const again = await makeArtifacts({ root: ROOT, out: join(dir, 'again'), work: join(dir, 'work2') }, facts, packaged);
  expect(again.bundle.sha256).toBe(made.bundle.sha256);
  for (const folder of ['claude-plugin', 'gemini-extension']) {
    expect(contentsOf(join(dir, 'again', folder))).toEqual(contentsOf(join(dir, 'out', folder)));
  }
});

describe.each(NAMES)('%s', (name) => {
  it('starts with every setting left empty, and lists every tool once everything is connected', async () => {
    await expect(checkArtifact(artifact(name), facts)).resolves.toBeUndefined();
  });

  it('has the files of the package, and names no dependency', () => {
    const { folder } = artifact(name);
    const files = Object.keys(contentsOf(folder));
    expect(files).toEqual(expect.arrayContaining(packaged));
    expect(files.filter((file) => file.includes('node_modules'))).toEqual([]);
    const manifest = readJson<Record<string, unknown>>(folder, 'package.json');
    expect(manifest['type']).toBe('module');
    expect(Object.keys(manifest).filter((key) => /dependencies/i.test(key))).toEqual([]);
  });

  it('works against a vendor, and without an approver names a command that runs from its folder', async () => {
    const sandbox = await startSandbox();
    onTestFinished(() => sandbox.close());
    // Node 20 has no SQLite of its own and finds the driver here.
    symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'), 'junction');
    onTestFinished(() => rmSync(join(dir, 'node_modules')));
    const { folder, host } = artifact(name);
    const { AWORK_API_KEY = '', AWORK_BASE_URL = '' } = sandbox.env;
    const start = await host(folder, { AWORK_API_KEY, AWORK_BASE_URL });
    await useServer(start, async (client) => {
      const { tools } = await client.listTools();
      expect(tools.map((tool) => tool.name)).toContain('awork_update_user');
      const [userId = ''] = sandbox.vendors.awork.users.keys();
      const args = { user_id: userId, set: { position: 'Staff Engineer' } };
      const preview = await client.callTool({ name: 'awork_update_user', arguments: { ...args, dry_run: true } });
      expect(preview.structuredContent).toMatchObject({ outcome: 'preview' });
      const unasked = await client.callTool({ name: 'awork_update_user', arguments: args });
      expect(unasked.structuredContent).toMatchObject({ outcome: 'failed', code: 'confirmation_unavailable' });
      const program = join(folder, 'dist', 'main.js');
      expect(JSON.stringify(unasked.content)).toContain(`node ${program} approver add`);
      const help = execFileSync(process.execPath, [program, 'approver', '--help'], { encoding: 'utf8' });
      expect(help).toContain('approver add NAME');
    });
  });
});

describe('the manifests', () => {
  const variables = [...providers.flatMap(({ env }) => Object.values(env)), 'UPDATE_USER_CONFIG'].sort();
  const secrets = providers.flatMap(({ env, credentials }) => credentials.map((key) => env[key])).sort();

  it('of the bundle asks for every setting, secrets hidden, and demands none', () => {
    const manifest = readJson<McpbManifestAny>(artifact('MCP bundle').folder, 'manifest.json');
    const options = Object.entries(manifest.user_config ?? {});
    expect(options.map(([key]) => key.toUpperCase()).sort()).toEqual(variables);
    const hidden = options.filter(([, { sensitive }]) => sensitive);
    expect(hidden.map(([key]) => key.toUpperCase()).sort()).toEqual(secrets);
    expect(options.filter(([, { required, default: unset }]) => required !== false || unset !== '')).toEqual([]);
    expect(manifest).toMatchObject({
      version: manifestOfPackage.version,
      server: { type: 'node', entry_point: 'dist/main.js' },
      tools: facts.tools,
    });
    // The package's own check, which also reads the icon.
    const args = [MCPB, 'validate', join(artifact('MCP bundle').folder, 'manifest.json')];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toContain('schema validation passes');
    // Where no question is shown, the person has to learn of the approval page before the first change.
    expect(manifest.long_description).toContain('approval page');
  });

  it('of the plugin has only keys that Claude Code takes', () => {
    const folder = join(artifact('Claude Code plugin').folder, '.claude-plugin');
    const plugin = pluginSchema.parse(readJson(folder, 'plugin.json'));
    expect(plugin).toMatchObject({ name: manifestOfPackage.name, version: manifestOfPackage.version });
    const options = Object.entries(plugin.userConfig);
    expect(options.map(([key]) => key.toUpperCase()).sort()).toEqual(variables);
    expect(options.flatMap(([key, { sensitive }]) => (sensitive ? [key.toUpperCase()] : [])).sort()).toEqual(secrets);
    const marketplace = marketplaceSchema.parse(readJson(folder, 'marketplace.json'));
    expect(marketplace.plugins).toMatchObject([{ name: plugin.name, source: './', version: plugin.version }]);
  });

  it('of the extension has only keys that Gemini CLI takes, and passes on exactly its settings', () => {
    const extension = extensionSchema.parse(readJson(artifact('Gemini CLI extension').folder, 'gemini-extension.json'));
    expect(extension).toMatchObject({ name: manifestOfPackage.name, version: manifestOfPackage.version });
    expect(extension.settings.map(({ envVar }) => envVar).sort()).toEqual(variables);
    expect(extension.settings.flatMap((one) => (one.sensitive ? [one.envVar] : [])).sort()).toEqual(secrets);
    const [server] = Object.values(extension.mcpServers);
    expect(server?.env).toEqual(Object.fromEntries(variables.map((name) => [name, `\${${name}:-}`])));
  });
});

/** The text of every file by its path, with slashes. */
function contentsOf(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(
    files.map((path) => [path.split(sep).join('/'), readFileSync(join(folder, path), 'latin1')]),
  );
}
