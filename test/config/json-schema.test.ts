import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { editorSchema } from '../../src/config/json-schema.ts';
import { loadSettings } from '../../src/config/load.ts';

const root = join(import.meta.dirname, '..', '..');

it('the editor schema is committed as mcp.config.schema.json; update it with vitest --update', async () => {
  await expect(`${JSON.stringify(editorSchema(), null, 2)}\n`).toMatchFileSnapshot(
    join(root, 'mcp.config.schema.json'),
  );
});

it('the example configuration is valid', () => {
  const env = { ATOMICWORK_API_KEY: 'k', ATLASSIAN_DIRECTORY_ID: 'd', ATLASSIAN_SCIM_TOKEN: 't' };
  const settings = loadSettings(env, join(root, 'mcp.config.example.json'));
  expect(settings.connections.map(({ name }) => name)).toEqual(expect.arrayContaining(['acme-hr', 'acme-directory']));
  expect(settings.policy.rules).toHaveLength(5);
  const example = JSON.parse(readFileSync(join(root, 'mcp.config.example.json'), 'utf8')) as Record<string, unknown>;
  expect(Object.keys(example)).toEqual(expect.arrayContaining(['connections', 'policy', 'redaction']));
});
