import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providers } from '../../../src/providers/index.ts';
import type { VendorId } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { defineTools } from '../../../src/server/mcp/registry.ts';
import type { Tool } from '../../../src/server/mcp/tool.ts';
import { callTool } from '../../../src/server/mcp/tools/call-tool.ts';
import { createPipeline, type Pipeline } from '../../support/pipeline/pipeline.ts';
import { contextOf, growthFault, placesOf, SHAPES } from '../../support/program/growth.ts';

/** The cost of any argument of any tool is linear in its length, at any length that gets through. */

let pipeline: Pipeline;
let tools: Tool[];
beforeAll(async () => {
  pipeline = await createPipeline({ env: { UPDATE_USER_STORE: 'memory' } });
  tools = defineTools(pipeline.app);
});
afterAll(() => pipeline.stop());

const OTHERS: Readonly<Record<string, Record<string, unknown>>> = {
  update_users: {
    changes: [{ provider: 'dayzero', user_id: idOf('dayzero', 'jane'), set: { first_name: 'Jane' } }],
    dry_run: true,
  },
  find_user: { query: 'nobody', providers: ['dayzero'] },
  list_changes: {},
  undo_change: { change_id: 'none' },
};
const updates = providers.map(({ id, example }) => {
  const args = { user_id: idOf(id as VendorId, 'jane'), set: example.set, dry_run: true };
  return [`${id}_update_user`, args] as const;
});

describe.each([...updates, ...Object.entries(OTHERS)])('%s', (name, base) => {
  it.each(Object.keys(SHAPES))(
    'takes time linear in its arguments: %s',
    async (shape) => {
      const tool = tools.find((one) => one.name === name);
      if (!tool) throw new Error(`no tool ${name}`);
      let calls = 0;
      const call = async (args: unknown) => await callTool(tool, args, contextOf(calls++), pipeline.app);
      await call(base);
      const faults: string[] = [];
      for (const place of placesOf(tool)) {
        const fault = await growthFault(call, base, place, shape);
        if (fault !== undefined) faults.push(fault);
      }
      expect(faults).toEqual([]);
    },
    300_000,
  );
});
