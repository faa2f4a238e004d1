import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { modernMeta } from '../support/json-rpc/messages.ts';
import { connectRawStdio, type Era } from '../support/json-rpc/stdio.ts';
import { type StdioServer, startStdioServer } from '../support/program/stdio-server.ts';
import { anyJson, toText } from '../support/text/arbitrary-json.ts';

/** Random JSON in any member of a request: each request with an id is answered once, and the server goes on. */

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

let server: StdioServer;
beforeAll(async () => {
  server = await startStdioServer();
});
afterAll(() => server.stop());

const METHODS = ['tools/list', 'tools/call', 'ping', 'notifications/initialized', 'no/such', 'server/discover', ''];
const TOOLS = ['awork_update_user', 'update_users', 'find_user', 'list_changes', 'undo_change', 'none'];

const requestOf = (era: Era) =>
  fc
    .record({
      method: fc.constantFrom(...METHODS),
      name: fc.constantFrom(...TOOLS),
      args: anyJson,
      /** The member that is replaced by `value`. */
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

it.each(['2025', '2026'] as const)('every request is answered once, %s', async (era) => {
  const wire = await connectRawStdio(server.env, { era });
  onTestFinished(() => wire.close());
  let nth = 0;
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
  const answered = wire.lines.map((line) => (JSON.parse(line) as { id?: unknown }).id);
  expect(new Set(answered).size).toBe(answered.length);
  expect(wire.isAlive()).toBe(true);
});
