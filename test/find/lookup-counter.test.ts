import { expect, it, onTestFinished } from 'vitest';
import type { ToolContext } from '../../src/server/mcp/tool.ts';
import { callTool } from '../../src/server/mcp/tools/call-tool.ts';
import { defineFindUserTool } from '../../src/server/mcp/tools/find-user.ts';
import { defineListChangesTool } from '../../src/server/mcp/tools/list-changes.ts';
import { type FinalToolResult, toolContext } from '../support/pipeline/find.ts';
import { createPipeline } from '../support/pipeline/pipeline.ts';

it('limits the look-ups of each caller, and counts them in the audit log', async () => {
  const { app, stop } = await createPipeline({ env: { UPDATE_USER_STORE: 'memory' } });
  onTestFinished(stop);
  const tool = defineFindUserTool(app);
  const codesOf = async (principal: string, count: number) => {
    const context = { ...toolContext, caller: { principal } } as ToolContext;
    const codes: unknown[] = [];
    for (let at = 0; at < count; at++) {
      const args = { query: 'nobody', providers: ['dayzero'] };
      const { structuredContent } = (await callTool(tool, args, context, app)) as FinalToolResult;
      codes.push((structuredContent as { code?: string }).code);
    }
    return codes;
  };
  const codes = await codesOf('nosy', 70);
  expect(codes.filter((code) => code === 'rate_limited').length).toBeGreaterThan(0);
  expect(codes.slice(0, 60)).toEqual(Array.from({ length: 60 }));
  expect(await codesOf('other', 1)).toEqual([undefined]);
  const entries = await (await app.store()).list({ limit: 100 });
  const messages = entries.filter(({ body }) => body.caller === 'nosy').map(({ body }) => body.message);
  expect(messages[0]).toMatch(/^(32|64) look-ups since \d{4}-\d\d-\d\dT\d\d:00Z$/);
  expect(messages.length).toBeLessThan(10);
  const listed = (await defineListChangesTool(app).handle({}, toolContext)) as FinalToolResult;
  expect(listed.structuredContent).toEqual({ changes: [] });
});
