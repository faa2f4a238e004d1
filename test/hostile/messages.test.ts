import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { anyJson, toText } from '../support/arbitrary-json.ts';
import { modernMeta } from '../support/json-rpc/messages.ts';
import { connectRawStdio, type Era, type RawClient } from '../support/json-rpc/stdio.ts';
import { type StdioServer, startStdioServer } from '../support/stdio-server.ts';

/** Requests with an id of which any part may be anything: each is answered once, and the server goes on. */

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

let server: StdioServer;
beforeAll(async () => {
  server = await startStdioServer();
});
afterAll(() => server.stop());

const METHODS = ['tools/list', 'tools/call', 'ping', 'notifications/initialized', 'no/such', 'server/discover', ''];
const TOOLS = ['awork_update_user', 'find_user', 'list_changes', 'undo_change', 'none'];

const requestOf = (era: Era) =>
  fc
    .record({
      method: fc.constantFrom(...METHODS),
      name: fc.constantFrom(...TOOLS),
      args: anyJson,
      /** Where something else stands, and what. */
      changed: fc.option(fc.constantFrom('jsonrpc', 'method', 'params', 'name', '_meta', 'arguments', 'extra')),
      value: anyJson,
    })
    .map(({ method, name, args, changed, value }) => {
      const params: Record<string, unknown> = { name, arguments: args, ...(era === '2026' && { _meta: modernMeta }) };
      const message: Record<string, unknown> = { jsonrpc: '2.0', method, params };
      if (changed === 'jsonrpc' || changed === 'method' || changed === 'params' || changed === 'extra')
        message[changed] = value;
      else if (changed !== null) params[changed] = value;
      return message;
    });

it.each(['2025', '2026'] as const)('is answered, %s', async (era) => {
  const wire: RawClient = await connectRawStdio(server.env, { era });
  let nth = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(requestOf(era), { minLength: 1, maxLength: 8 }), async (messages) => {
        const ids = messages.map((message) => {
          const id = `request-${nth++}`;
          wire.sendText(`${toText({ ...message, id })}\n`);
          return id;
        });
        const answers = await Promise.all(ids.map((id) => wire.answerTo(id)));
        for (const answer of answers) expect(answer.result ?? answer.error).toBeDefined();
      }),
      { numRuns: 150 },
    );
    const counted = wire.lines.map((line) => (JSON.parse(line) as { id?: unknown }).id);
    expect(new Set(counted).size).toBe(counted.length);
    expect(wire.isAlive()).toBe(true);
  } finally {
    await wire.close();
  }
});
