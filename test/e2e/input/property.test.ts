import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providers } from '../../../src/providers/index.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import type { VendorId } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { listedSchema } from '../../../src/server/mcp/listed-schema.ts';
import { argumentsSchema } from '../../../src/update/request/schema.ts';
import { answerWith, connectRawStdio, NO, type RawMcpClient, type ToolReply } from '../../support/json-rpc/stdio.ts';
import { type StdioServer, startStdioServer } from '../../support/program/stdio-server.ts';
import { anyJson, anyText, objectOf, toText } from '../../support/text/arbitrary-json.ts';

/** Thousands of calls, mostly nonsense, with a no to every question: nothing may ever be written. */

const SEED = 20261123;
const WILD = 800;
const NEAR = 1200;

let server: StdioServer;
let wire: RawMcpClient;
beforeAll(async () => {
  server = await startStdioServer({ env: { UPDATE_USER_STORE: 'memory' } });
  wire = await connectRawStdio(server.env);
});
afterAll(async () => {
  await wire.close();
  await server.stop();
});

const CODES: Readonly<Record<string, readonly string[]>> = {
  unchanged: ['undefined'],
  preview: ['undefined'],
  refused: ['declined'],
  failed: ['invalid_input', 'not_found', 'confirmation_unavailable', 'upstream_rejected'],
};
/** Rules about the whole record are known only after it was read. */
const RECORD_RULES =
  /^(set\.)?(ssoId: is used with sso|password: must not contain|emails: Atlassian needs|userName: Atlassian needs)/;

/** Counts outcomes: a generator that only makes nonsense would prove little. */
type Tally = Record<string, number>;

/** One call, declined if it comes to a question, and everything that must hold of it whatever the arguments were. */
async function check(provider: Provider, args: unknown, tally: Tally): Promise<void> {
  const vendor = server.sandbox.vendors[provider.id as VendorId];
  vendor.requests.length = 0;
  const tool = `${provider.id}_update_user`;
  const exact = JSON.parse(toText(args)) as unknown;
  let reply = await send(tool, args);
  if (reply.kind === 'asked') {
    for (const line of reply.message.split('\n')) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    reply = await send(tool, args, answerWith(NO, reply.state));
    expect(reply.kind === 'result' && reply.is['outcome']).toBe('refused');
  }
  expect(vendor.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  if (typeof exact !== 'object' || exact === null || Array.isArray(exact)) {
    expect(vendor.requests).toHaveLength(0);
    return;
  }
  if (reply.kind !== 'result') throw new Error(`neither question nor result: ${JSON.stringify(reply.raw)}`);
  const { is, isError, text } = reply;
  const [outcome, code] = [String(is['outcome']), String(is['code'])];
  expect(Object.keys(CODES)).toContain(outcome);
  expect(CODES[outcome]).toContain(code);
  tally[outcome] = (tally[outcome] ?? 0) + 1;
  expect(isError).toBe(outcome === 'failed' || outcome === 'refused');
  expect(text.startsWith(`${outcome}: `)).toBe(true);
  expect(is).toMatchObject({ provider: provider.id, connection: provider.id, user: {}, changes: expect.any(Array) });
  expect(String(is['message']).length).toBeGreaterThan(10);
  if (code === 'invalid_input' && !RECORD_RULES.test(String(is['message']))) expect(vendor.requests).toHaveLength(0);
}

async function send(tool: string, args: unknown, extras: object = {}): Promise<ToolReply> {
  // The arguments go over as the text they were made for; through JSON.stringify alone `-0` and `1e400` would be lost.
  return await wire.callText(tool, toText(args), extras);
}

describe.concurrent.each(providers.map((provider) => [provider.id, provider] as const))('%s', (_id, provider) => {
  it(`answers ${WILD} arbitrary and ${NEAR} nearly valid calls with its own messages and writes nothing`, async () => {
    const wild = fc.oneof({ weight: 9, arbitrary: objectOf(anyText, anyJson) }, { weight: 1, arbitrary: anyJson });
    const tally: Tally = {};
    const property = (args: fc.Arbitrary<unknown>) => fc.asyncProperty(args, (each) => check(provider, each, tally));
    await fc.assert(property(wild), { seed: SEED, numRuns: WILD });
    await fc.assert(property(nearlyValid(provider)), { seed: SEED, numRuns: NEAR });
    expect(tally['refused'], 'questions asked').toBeGreaterThan(100);
    expect(tally['preview'], 'previews shown').toBeGreaterThanOrEqual(5);
    expect(tally['failed'], 'bad arguments refused').toBeGreaterThan(500);
  }, 600_000);
});

/** Known names with any value, unknown names with valid ones, and sometimes valid arguments. */
function nearlyValid(provider: Provider): fc.Arbitrary<object> {
  const schema = listedSchema(argumentsSchema(provider, { allowSecretInput: false }), provider);
  const { set, clear } = schema['properties'] as { set: Listed; clear?: Listed };
  const fields = Object.entries(set.properties ?? {}).map(([name, listed]) =>
    fc.tuple(fc.constant(name), fc.oneof({ weight: 9, arbitrary: fitting(listed) }, { weight: 1, arbitrary: anyJson })),
  );
  const junk = fc.tuple(anyText, fc.oneof(anyText, anyJson));
  const entries = fc.array(fc.oneof({ weight: 24, arbitrary: fc.oneof(...fields) }, { weight: 1, arbitrary: junk }), {
    maxLength: 4,
  });
  const names = clear?.items ? fitting(clear.items) : fc.constant('title');
  const people = (['jane', 'john', 'priya', 'max'] as const).map((key) => idOf(provider.id as VendorId, key));
  const ids = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...people) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('me', '..', '.', '%2e%2e', '../users', people[0] + '/', '0', '1'.repeat(19)),
    },
    { weight: 1, arbitrary: fc.oneof(anyText, anyJson) as fc.Arbitrary<string> },
  );
  const rarely = (arbitrary: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
  return fc
    .record({
      user_id: ids,
      set: fc.oneof(
        { weight: 20, arbitrary: entries.map((pairs) => Object.fromEntries(pairs) as unknown) },
        { weight: 1, arbitrary: anyJson },
      ),
      clear: rarely(fc.oneof(fc.array(names, { maxLength: 3 }), fc.array(anyText, { maxLength: 3 }), anyJson)),
      reason: rarely(fc.oneof(anyText, anyJson)),
      dry_run: rarely(fc.oneof(fc.boolean(), fc.constant(true), anyJson)),
      extra: rarely(junk) as fc.Arbitrary<[string, unknown] | undefined>,
    })
    .map(({ extra, ...args }) => (extra ? { ...args, ...Object.fromEntries([extra]) } : args));
}

interface Listed {
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  properties?: Record<string, Listed>;
  items?: Listed;
}

/** A value that fits the listed schema, or nearly so. */
function fitting(listed: Listed): fc.Arbitrary<unknown> {
  if (listed.enum) return fc.constantFrom(...listed.enum);
  if (listed.format === 'email') return fc.emailAddress();
  if (listed.format === 'uri') return fc.webUrl();
  if (listed.format === 'date') return fc.constantFrom('2024-02-29', '2023-02-29', '1999-12-31', '0000-00-00');
  if (listed.format === 'date-time')
    return fc.constantFrom('1990-01-01', '1990-01-01T00:00:00Z', '2999-01-01T00:00:00Z');
  if (listed.properties) {
    const parts = Object.entries(listed.properties);
    return fc.record(Object.fromEntries(parts.map(([name, part]) => [name, fitting(part)])), { requiredKeys: [] });
  }
  if (listed.items) return fc.array(fitting(listed.items), { maxLength: 3 });
  const type = [listed.type].flat()[0];
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer')
    return fc.oneof(fc.nat(), fc.constantFrom('9007199254740993', '9223372036854775808', -1, 1.5));
  if (type === 'object') return objectOf(anyText, anyJson);
  return fc.oneof(
    anyText,
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.constantFrom('Europe/Berlin', 'Engineer', 'de'),
  );
}
