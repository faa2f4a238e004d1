import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { describeProgram } from '../../scripts/pack/artifacts.ts';
import { readJson, toJson } from '../../scripts/pack/folder.ts';
import { serverJson } from '../../scripts/pack/server-json.ts';
import { providers } from '../../src/providers/index.ts';
import { ROOT } from '../support/sources/read.ts';

/**
 * `server.json` for the MCP registry. Its schema is that of https://static.modelcontextprotocol.io/schemas/2025-12-11/,
 * from github.com/modelcontextprotocol/static, MIT License, © 2025 Model Context Protocol. Needs a build.
 */

interface ServerJson {
  $schema: string;
  name: string;
  description: string;
  version: string;
  packages: {
    registryType: string;
    identifier: string;
    version: string;
    fileSha256?: string;
    environmentVariables: { name: string; isRequired: boolean; isSecret: boolean }[];
  }[];
}

const PATH = join(ROOT, 'server.json');
const schema = readJson<{ $id: string }>(import.meta.dirname, 'schemas', 'mcp-registry-2025-12-11.schema.json');
// `example` and `uri-template` are not of JSON Schema.
const ajv = new Ajv({ allErrors: true, strict: false });
formats.default(ajv);
const validate = ajv.compile(schema);
const read = () => JSON.parse(readFileSync(PATH, 'utf8')) as ServerJson;

function faults(document: object): string[] {
  return validate(document)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

it('is what package.json and the providers say; update it with vitest --update', async () => {
  const { title } = await describeProgram(ROOT);
  await expect(toJson(serverJson(title))).toMatchFileSnapshot(PATH);
});

it('follows the schema of the registry, which refuses a longer description and an unknown type', () => {
  const document = read();
  expect(document.$schema).toBe(schema.$id);
  expect(faults(document)).toEqual([]);
  expect(faults({ ...document, description: 'x'.repeat(101) })).toEqual([expect.stringContaining('/description')]);
  expect(faults({ ...document, name: 'no-slash' })).toEqual([expect.stringContaining('/name')]);
});

it('has the name that the package proves, and its version', () => {
  const { name, version, packages } = read();
  expect(name).toBe(manifest.mcpName);
  expect([version, ...packages.map((one) => one.version)]).toEqual([manifest.version, manifest.version]);
  expect(packages.map(({ registryType, identifier }) => [registryType, identifier])).toEqual([['npm', manifest.name]]);
  // The registry refuses ranges and takes a GitHub namespace only from its owner.
  expect(version).toMatch(/^\d+\.\d+\.\d+/);
  expect(manifest.repository.url).toContain(`github.com/${/^io\.github\.([^/]+)\//.exec(name)?.[1]}/`);
});

it('lists every variable of every provider, credentials as secrets, none as required', () => {
  const [{ environmentVariables } = { environmentVariables: [] }] = read().packages;
  const variables = providers.flatMap(({ env }) => Object.values(env));
  expect(environmentVariables.map(({ name }) => name)).toEqual([...variables, 'UPDATE_USER_CONFIG']);
  const secrets = providers.flatMap(({ env, credentials }) => credentials.map((key) => env[key]));
  expect(environmentVariables.flatMap(({ name, isSecret }) => (isSecret ? [name] : [])).sort()).toEqual(secrets.sort());
  expect(environmentVariables.filter(({ isRequired }) => isRequired)).toEqual([]);
});

it('of a release also names the bundle by its hash, and follows the schema', () => {
  const sha256 = 'a'.repeat(64);
  const released = serverJson('Title', { file: 'update-user-mcp.mcpb', sha256 }) as ServerJson;
  expect(faults(released)).toEqual([]);
  const bundle = released.packages.find(({ registryType }) => registryType === 'mcpb');
  expect(bundle).toMatchObject({ fileSha256: sha256, version: manifest.version });
  // Of GitHub only release assets are accepted.
  expect(bundle?.identifier).toMatch(
    /^https:\/\/github\.com\/[\w-]+\/[\w-]+\/releases\/download\/v[\d.]+\/[\w.-]+\.mcpb$/,
  );
});
