import { onTestFinished } from 'vitest';
import { newChangeId } from '../../../src/lib/uuid7.ts';
import type { ToolContext } from '../../../src/server/mcp/tool.ts';
import { defineListChangesTool } from '../../../src/server/mcp/tools/list-changes.ts';
import type { EntryBody } from '../../../src/store/log/entry.ts';
import { createPipeline } from '../pipeline/pipeline.ts';

/** What `list_changes` says of a log with these entries. */
export async function listWith(
  bodies: readonly EntryBody[],
  args: unknown = {},
): Promise<{ text: string; is: Record<string, unknown> }> {
  const pipeline = await createPipeline({ env: { UPDATE_USER_STORE: 'memory' } });
  onTestFinished(() => pipeline.stop());
  const store = await pipeline.app.store();
  const person = { provider: 'dayzero', connection: 'dayzero', userId: 'u-1' };
  for (const body of bodies) await store.attempt({ ...person, changeId: newChangeId(), outcome: 'failed', body });
  const answer = await defineListChangesTool(pipeline.app).handle(args, {} as ToolContext); // it reads the store only
  if (!('content' in answer)) throw new Error('a list is no question');
  const [first] = answer.content as { text: string }[];
  return { text: first?.text ?? '', is: answer.structuredContent as Record<string, unknown> };
}
