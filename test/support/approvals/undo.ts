import { expect } from 'vitest';
import type { App } from '../../../src/app.ts';
import { createApprovalService } from '../../../src/approvals/service.ts';
import { requestUndo } from '../../../src/approvals/undo/request.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import type { Result } from '../../../src/update/types.ts';
import { type Pipeline, type PipelineOptions, startPipeline, stored } from '../pipeline/pipeline.ts';

/** A change of Jane's title, and approvers who may have it undone. */

export const JANE = idOf('atlassian', 'jane');
export const TITLE = 'Product Manager';

/** Callers may do anything; approvers are asked by the built-in rules. */
export const CALLERS_MAY = { rules: [{ caller: 'local', field: '*', decision: 'allow' }] };

export interface Changed {
  pipeline: Pipeline;
  changeId: string;
}

export async function startChanged(options: PipelineOptions = {}, approvers = ['ann', 'bob']): Promise<Changed> {
  const config = { policy: CALLERS_MAY, ...options.config };
  const pipeline = await startPipeline({ ...options, config });
  const { approvals } = await pipeline.app.store();
  for (const name of approvers) await approvals.addApprover(name, `scrypt$1$1$1$${name}$hash`);
  const { change_id: changeId = '' } = await pipeline.call('atlassian', { user_id: JANE, set: { title: 'Advisor' } });
  expect(titleOf(pipeline)).toBe('Advisor');
  return { pipeline, changeId };
}

export async function askForUndo({ pipeline: { app }, changeId }: Changed, approver = 'ann'): Promise<Result> {
  return await requestUndo({ approver, changeId, reason: 'a mistake' }, app.settings.connections, await app.ports());
}

/** Records a yes, as the command line does: nothing is carried out by it. */
export async function sayYes(app: App, id: string | undefined, approver = 'bob') {
  return await (await createApprovalService(app)).decide(id ?? '', approver, { yes: true, overwrite: true });
}

export function titleOf({ sandbox }: Pipeline): unknown {
  return stored(sandbox, 'atlassian', JANE)['title'];
}
