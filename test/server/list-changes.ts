import { onTestFinished } from 'vitest';
import { defineChangesTool } from '../../src/server/changes-tool.ts';
import type { ToolContext } from '../../src/server/tool.ts';
import type { EntryBody } from '../../src/store/store.ts';
import { newChangeId } from '../../src/update/change-id.ts';
import { openRoad } from '../road.ts';

/** What `list_changes` says of a log with these entries. */
export async function listWith(
  bodies: readonly EntryBody[],
  args: unknown = {},
): Promise<{ text: string; is: Record<string, unknown> }> {
  const road = await openRoad({ env: { UPDATE_USER_STORE: 'memory' } });
  onTestFinished(() => road.stop());
  const store = await road.parts.store();
  const person = { provider: 'dayzero', connection: 'dayzero', userId: 'u-1' };
  for (const body of bodies) await store.attempt({ ...person, changeId: newChangeId(), outcome: 'failed', body });
  const answer = await defineChangesTool(road.parts).handle(args, {} as ToolContext); // it reads the store only
  if (!('content' in answer)) throw new Error('a list is no question');
  const [first] = answer.content as { text: string }[];
  return { text: first?.text ?? '', is: answer.structuredContent as Record<string, unknown> };
}
