import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { afterEach, describe, expect, it } from 'vitest';
import { providers } from '../../../src/providers/index.ts';
import { defineTools } from '../../../src/server/mcp/registry.ts';
import { createPipeline, type Pipeline } from '../../support/pipeline/pipeline.ts';
import { type ListedTool, lintTool } from '../../support/program/schema-lint.ts';
import { ALL_PRESETS } from '../../support/vendors/registry.ts';

/** Every listed schema, for every kind of configuration, against the rules of the clients that read it. */

const settingsOf = (id: string) => {
  const provider = providers.find((one) => one.id === id);
  const secrets = Object.entries(provider?.env ?? {}).map(([key, name]) => [key, `\${env:${name}:-x}`]);
  return Object.fromEntries(
    secrets.filter(([key]) => provider?.signIn[0].needs.includes(key ?? '') || key === 'baseUrl'),
  );
};
const seconds = Object.fromEntries(
  providers.map(({ id }) => [`${id}-of-a-company-with-a-rather-long-name`, { provider: id, ...settingsOf(id) }]),
);
const clearable = {
  hr: { provider: 'atomicwork', ...settingsOf('atomicwork'), clearable: ['title', 'manager'] },
  crm: { provider: 'dayzero', ...settingsOf('dayzero'), clearable: ['first_name'] },
};

const CONFIGS: readonly (readonly [name: string, config: Record<string, unknown>])[] = [
  ['one connection each', {}],
  ['secrets as arguments', { policy: { allowSecretInput: true } }],
  ['several connections each', { connections: seconds }],
  ['several connections and secrets as arguments', { connections: seconds, policy: { allowSecretInput: true } }],
  ['fields that the operator lets be cleared', { connections: clearable }],
  ['every preset', ALL_PRESETS],
  ['every preset and secrets as arguments', { ...ALL_PRESETS, policy: { allowSecretInput: true } }],
  ['fields moved to the secrets', { redaction: { fields: { 'mediasilo.*': 'secret', 'awork.title': 'secret' } } }],
];

let pipeline: Pipeline | undefined;
afterEach(async () => {
  await pipeline?.stop();
  pipeline = undefined;
});

async function toolsWith(config: Record<string, unknown>): Promise<ListedTool[]> {
  pipeline = await createPipeline({ config });
  return defineTools(pipeline.app);
}

describe.each(CONFIGS)('with %s', (_name, config) => {
  it('every tool of every provider has a schema that every client accepts', async () => {
    const tools = await toolsWith(config);
    expect(tools).toHaveLength((pipeline?.app.settings.providers.length ?? 0) + 4);
    expect(tools.flatMap(lintTool)).toEqual([]);
  });
});

// Names of connections and lists of secrets are the operator's own, and are not counted.
it.each(CONFIGS.slice(0, 2))('all tools together stay within their budget with %s', async (_name, config) => {
  const tools = await toolsWith(config);
  const tokens = tools.map(({ name, description, inputSchema }) => {
    return [name, encode(JSON.stringify({ name, description, inputSchema })).length] as const;
  });
  // 1,900 tokens for the five vendors; a tool that has to fit any directory has a budget of its own.
  const general = providers.filter(({ forConnection }) => forConnection).length;
  const budget = 380 * (providers.length - general) + 780 * general;
  const sum = (some: typeof tokens) => some.reduce((total, [, count]) => total + count, 0);
  expect(sum(tokens.filter(([name]) => name.endsWith('_update_user')))).toBeLessThan(budget);
  expect(sum(tokens)).toBeLessThan(budget + 900);
});

describe('the rules', () => {
  const tool = (property: object): ListedTool => ({
    name: 'x',
    description: 'x',
    inputSchema: { type: 'object', properties: { x: property }, additionalProperties: false },
  });

  it.each<[string, object]>([
    ['a list without items', { type: 'array' }],
    ['two types', { type: ['integer', 'string'] }],
    ['no type', { enum: ['a'] }],
    ['another format', { type: 'string', format: 'email' }],
    ['a default', { type: 'string', default: 'x' }],
    ['a reference', { $ref: '#/x' }],
    ['a choice of schemas', { anyOf: [{ type: 'string' }] }],
    ['an object that is open and has names', { type: 'object', properties: { a: { type: 'string' } } }],
    ['no properties where there should be', { type: 'object', properties: {}, additionalProperties: false }],
    ['an empty choice', { type: 'string', enum: [] }],
    ['a pattern that looks ahead', { type: 'string', pattern: '^(?!a)' }],
  ])('reject %s', (_name, property) => {
    expect(lintTool(tool(property))).not.toEqual([]);
  });
});
