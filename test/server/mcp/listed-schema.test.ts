import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providers } from '../../../src/providers/index.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import type { VendorId } from '../../../src/sandbox/index.ts';
import { oneOf, type VendorSamples } from '../../../src/sandbox/samples.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { ALL_PRESETS, testedProviders } from '../../support/vendors/registry.ts';
import { samples } from '../../support/vendors/samples.ts';

/** What a client is told about the tools: every token of it is paid in every conversation. */

interface Schema {
  type?: string | string[];
  format?: string;
  enum?: readonly string[];
  pattern?: string;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean;
}
interface ListedUpdateTool {
  name: string;
  description?: string;
  inputSchema: unknown;
}

/** 1,900 tokens for the five vendors together; a tool that has to fit any directory has a budget of its own. */
const VENDORS = providers.filter(({ forConnection }) => !forConnection);
const VENDOR_BUDGET = 380 * VENDORS.length;
const UPDATE_BUDGET = VENDOR_BUDGET + 780 * (providers.length - VENDORS.length);
const UPDATES = providers.map(({ id }) => `${id}_update_user`);

async function listWith(config: unknown): Promise<{ server: StdioServer; tools: ListedUpdateTool[] }> {
  const server = await startStdioServer({ config, env: { UPDATE_USER_STORE: 'memory' } });
  const agent = await server.connect('v2-modern');
  return { server, tools: await agent.tools() };
}

const schemaOf = (tools: readonly ListedUpdateTool[], name: string) =>
  (tools.find((tool) => tool.name === name)?.inputSchema ?? {}) as Schema;
const setOf = (tools: readonly ListedUpdateTool[], name: string) => schemaOf(tools, name).properties?.['set'] ?? {};
/** A tool as the JSON a model is handed. */
const tokensOf = (tools: readonly ListedUpdateTool[]) =>
  tools.map(
    ({ name, description, inputSchema }) =>
      [name, encode(JSON.stringify({ name, description, inputSchema })).length] as const,
  );
const updatesOf = (tools: readonly ListedUpdateTool[]) => tools.filter(({ name }) => UPDATES.includes(name));
const sum = (counts: readonly (readonly [string, number])[]) => counts.reduce((total, [, count]) => total + count, 0);

let server: StdioServer;
let tools: ListedUpdateTool[];
let presetServer: StdioServer;
/** The tools of a server with every preset; those of the built-in providers are the same as ever. */
let presetTools: ListedUpdateTool[];
beforeAll(async () => {
  ({ server, tools } = await listWith({}));
  ({ server: presetServer, tools: presetTools } = await listWith(ALL_PRESETS));
});
afterAll(() => Promise.all([server.stop(), presetServer.stop()]));
const listed = () => presetTools;

describe('the list of tools', () => {
  it('has one update tool for each connected provider, always in the same order', async () => {
    expect(tools.map(({ name }) => name).filter((name) => name.endsWith('_update_user'))).toEqual(UPDATES);
    const again = await server.connect('v1-form');
    expect((await again.tools()).map(({ name }) => name)).toEqual(tools.map(({ name }) => name));
  });

  it('costs less than 380 tokens for each update tool on average, and 900 for the other tools', () => {
    const counts = tokensOf(tools);
    const updates = sum(tokensOf(updatesOf(tools)));
    console.log(`tokens: ${counts.map(([name, count]) => `${name} ${count}`).join(', ')}`);
    console.log(`tokens: update tools ${updates}, all ${sum(counts)}`);
    const ofVendors = tools.filter(({ name }) => VENDORS.some(({ id }) => name === `${id}_update_user`));
    expect(sum(tokensOf(ofVendors))).toBeLessThan(VENDOR_BUDGET);
    expect(updates).toBeLessThan(UPDATE_BUDGET);
    expect(sum(counts)).toBeLessThan(UPDATE_BUDGET + 900);
  });

  it('has names that every model API accepts, and descriptions that no client cuts', () => {
    for (const { name, description = '' } of listed()) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(name.length).toBeLessThanOrEqual(40);
      expect(description.length, name).toBeGreaterThan(40);
      expect(description.length, name).toBeLessThan(2048);
    }
  });

  it.each(['default', '$schema', '$ref', '$defs', 'const', 'anyOf', 'oneOf'])('contains no %s', (keyword) => {
    for (const { name, inputSchema } of listed()) expect(keywordsIn(inputSchema), name).not.toContain(keyword);
  });

  it('is strict wherever there is an object of known fields', () => {
    for (const { name, inputSchema } of listed()) {
      expect((inputSchema as Schema).additionalProperties, name).toBe(false);
      for (const schema of schemasIn(inputSchema))
        if (schema.properties) expect(schema.additionalProperties, name).toBe(false);
    }
  });

  it('says the bounds of what is bounded, and no bounds of a double', () => {
    expect(schemaOf(tools, 'find_user').properties?.['limit']).toEqual({ type: 'integer', minimum: 1, maximum: 50 });
    expect(schemaOf(tools, 'list_changes').properties?.['limit']).toEqual({
      type: 'integer',
      minimum: 1,
      maximum: 100,
    });
    for (const { name, inputSchema } of tools)
      expect(JSON.stringify(inputSchema), name).not.toContain(String(Number.MAX_SAFE_INTEGER));
  });

  it('gives every list of values its type', () => {
    for (const { name, inputSchema } of listed())
      for (const schema of schemasIn(inputSchema)) if (schema.enum) expect(schema.type, name).toBe('string');
  });

  it('lists no password', () => {
    for (const { name } of listed()) {
      expect(Object.keys(setOf(listed(), name).properties ?? {})).not.toContain('password');
    }
  });
});

/** The fields of the vendor's page of the update call, as a tool has to list them, and what the items of `clear` look like. */
function pageOf({ id, fields }: Provider) {
  const sample = samples[id as VendorId];
  const all = Object.entries(sample.fields).map(([name, { listed }]) => [name, listed] as const);
  return {
    all: Object.fromEntries(all),
    open: Object.fromEntries(all.filter(([name]) => fields[name]?.sensitivity !== 'secret')),
    clear: clearOf(sample),
  };
}

/** The names that can be cleared, as alternatives of a pattern where some are keys that the tenant chooses. */
function clearOf({ fields, clearable }: VendorSamples) {
  const names = Object.keys(clearable);
  const isOpen = (path: string) =>
    path.includes('.') && isDeepStrictEqual(fields[path.split('.')[0] ?? '']?.listed, { type: 'object' });
  if (!names.some(isOpen)) return names.length === 0 ? undefined : oneOf(...names);
  const parts = names.map((path) => (isOpen(path) ? `^${path.split('.')[0]}\\..+` : `^${path.replace('.', '\\.')}$`));
  return { type: 'string', pattern: [...new Set(parts)].sort().join('|') };
}

/** Alternatives and values in a fixed order. */
function sorted(items: Schema | undefined) {
  if (items?.pattern !== undefined) return { ...items, pattern: items.pattern.split('|').sort().join('|') };
  return items?.enum ? { ...items, enum: items.enum.toSorted() } : items;
}

describe.each(testedProviders.map(({ provider }) => [`${provider.id}_update_user`, provider] as const))(
  '%s',
  (name, provider) => {
    const { open, clear } = pageOf(provider);

    it('lists every field of the vendor’s own page, with its type, format, values and limits', () => {
      expect(setOf(listed(), name).properties).toEqual(open);
    });

    it('requires nothing but the user', () => {
      expect(schemaOf(listed(), name).required).toEqual(['user_id']);
      expect(setOf(listed(), name).required).toBeUndefined();
    });

    it('lists what can be cleared, and no such argument where nothing can', () => {
      const argument = schemaOf(listed(), name).properties?.['clear'];
      expect(argument?.type).toBe(clear === undefined ? undefined : 'array');
      expect(sorted(argument?.items)).toEqual(sorted(clear));
    });

    it('is as it was', async () => {
      const golden = join(import.meta.dirname, 'golden', `${name}.schema.json`);
      await expect(`${JSON.stringify(schemaOf(listed(), name), null, 2)}\n`).toMatchFileSnapshot(golden);
    });
  },
);

describe('where secrets may be arguments', () => {
  it('passwords are listed at the providers that have one', async () => {
    const open = await listWith({ policy: { allowSecretInput: true } });
    for (const provider of providers) {
      expect(setOf(open.tools, `${provider.id}_update_user`).properties).toEqual(pageOf(provider).all);
    }
    const withPassword = UPDATES.filter((name) => setOf(open.tools, name).properties?.['password']);
    expect(withPassword).toEqual(['atomicwork_update_user', 'mediasilo_update_user', 'scim_update_user']);
    expect(sum(tokensOf(updatesOf(open.tools)))).toBeLessThan(UPDATE_BUDGET);
    expect(sum(tokensOf(open.tools))).toBeLessThan(UPDATE_BUDGET + 900);
    await open.server.stop();
  });
});

describe('where the operator moved a field to the secrets', () => {
  it('it is asked for and not set, as it is when the tool is called', async () => {
    const moved = await listWith({ redaction: { fields: { 'mediasilo.email': 'secret' } } });
    const { properties = {} } = schemaOf(moved.tools, 'mediasilo_update_user');
    expect(properties['ask_for']?.items?.enum).toEqual(['password', 'email']);
    expect(properties['set']?.properties).not.toHaveProperty('email');
    expect(properties['set']?.properties).toHaveProperty('company');
    await moved.server.stop();
  });
});

describe('where a provider has several connections', () => {
  it('one of them has to be named, and there is no default', async () => {
    const second = { provider: 'awork', apiKey: '${env:AWORK_API_KEY}', baseUrl: '${env:AWORK_BASE_URL}' };
    const several = await listWith({ connections: { 'acme.eu': second } });
    const schema = schemaOf(several.tools, 'awork_update_user');
    expect(schema.properties?.['connection']).toEqual({ type: 'string', enum: ['awork', 'acme.eu'] });
    expect(schema.required?.toSorted()).toEqual(['connection', 'user_id']);
    const others = UPDATES.filter((name) => name !== 'awork_update_user');
    for (const name of others) expect(schemaOf(several.tools, name).properties).not.toHaveProperty('connection');
    await several.server.stop();
  });
});

describe('with nothing connected', () => {
  it('there is no update tool, and no failure', async () => {
    const names = Object.keys(server.sandbox.env);
    const empty = await startStdioServer({ env: Object.fromEntries(names.map((name) => [name, ''])) });
    const agent = await empty.connect('v2-modern');
    const listed = (await agent.tools().catch(() => [])).map(({ name }) => name);
    expect(listed.filter((name) => UPDATES.includes(name))).toEqual([]);
    await empty.stop();
  });
});

/** Every schema within a schema, itself included. */
function schemasIn(value: unknown): Schema[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : [value as Schema];
  return [...own, ...Object.values(value).flatMap(schemasIn)];
}

/** Keywords of JSON Schema in use; names of properties are not keywords. */
function keywordsIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => [
    keyword,
    ...(keyword === 'properties' ? Object.values(value as object).flatMap(keywordsIn) : keywordsIn(value)),
  ]);
}
