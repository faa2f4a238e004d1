import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../../../src/sandbox/people.ts';
import type { FinalToolResult, ToolContext } from '../../../src/server/mcp/tool.ts';
import { callTool } from '../../../src/server/mcp/tools/call-tool.ts';
import { defineUndoChangeTool } from '../../../src/server/mcp/tools/undo-change.ts';
import { createPipeline, type Pipeline } from '../../support/pipeline/pipeline.ts';

/** Calls of `undo_change` that end before there is anything to plan. */

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await createPipeline();
});
afterAll(() => pipeline.stop());

const jane = idOf('atomicwork', 'jane');
/** All the tool looks at before it plans. */
const context = { caller: { principal: 'local', client: 'tests 1.0' }, mcp: { mcpReq: {} } } as ToolContext;

async function undo(change_id: string, more: object = {}) {
  const tool = defineUndoChangeTool(pipeline.app);
  const answer = (await callTool(tool, { change_id, ...more }, context, pipeline.app)) as FinalToolResult;
  const is: Record<string, unknown> = answer.structuredContent ?? {};
  return { is, text: answer.content.map(({ text }) => text).join('\n'), answer };
}

async function rows() {
  return await (await pipeline.app.store()).list({ limit: 100 });
}

async function secretChange(): Promise<string> {
  return (await pipeline.call('atomicwork', { user_id: jane, set: { password: 'Correct-Horse-9' } })).change_id ?? '';
}

describe('an undo that cannot be planned', () => {
  it('says whose change it was and what to do, and has an entry', async () => {
    const change = await secretChange();
    const { is, answer, text } = await undo(change, { reason: 'back to Correct-Horse-8' });
    expect(answer).toMatchObject({ isError: true });
    expect(is).toMatchObject({
      outcome: 'failed',
      provider: 'atomicwork',
      connection: 'atomicwork',
      user: { id: jane },
      code: 'invalid_input',
      message: expect.stringMatching(/A secret cannot be put back.*Nothing was changed\.$/),
      next: 'Do not call again for this change; a new secret can be asked for with ask_for of the update tool.',
    });
    expect(text).not.toContain('Correct the arguments');
    const [row] = await rows();
    expect(row).toMatchObject({ changeId: is['change_id'], outcome: 'failed', userId: jane, provider: 'atomicwork' });
    expect(row?.body).toEqual({
      tool: 'undo_change',
      caller: 'local',
      client: 'tests 1.0',
      emailKeys: expect.any(Array),
      undoes: change,
      code: 'invalid_input',
      fields: [{ field: 'password', effect: 'secret', before: '[secret]', after: '[secret]' }],
    });
  });

  it('like any call that ends before a plan has an entry with the masked target values, without old ones', async () => {
    const set = { title: 'Boss', first_name: 'Janet', password: 'Correct-Horse-9' };
    await pipeline.call('atomicwork', { user_id: '999', set });
    expect((await rows())[0]?.body.fields).toEqual([
      { field: 'first_name', effect: 'ordinary', before: '[not read]', after: 'J•••' },
      { field: 'title', effect: 'ordinary', before: '[not read]', after: 'Boss' },
      { field: 'password', effect: 'secret', before: '[secret]', after: '[secret]' },
    ]);
  });

  it('leaves no record as a preview', async () => {
    const change = await secretChange();
    const { length } = await rows();
    const { is } = await undo(change, { dry_run: true });
    expect(is).toMatchObject({ outcome: 'failed', user: { id: jane } });
    expect(is).not.toHaveProperty('change_id');
    expect(await rows()).toHaveLength(length);
  });

  it('of wrong arguments says once that nothing was changed', async () => {
    const { is, text } = await undo('', { force: true });
    expect(is['message']).toBe(
      'change_id: Too small: expected string to have >=1 characters\nforce: not a known argument\nNothing was changed.',
    );
    expect(text.match(/Nothing was changed/g)).toHaveLength(1);
  });

  it('of an unknown id says where ids are, and leaves no entry', async () => {
    const { length } = await rows();
    const { is, text } = await undo('no-such-change');
    expect(is).toMatchObject({
      code: 'not_found',
      message: 'change_id: no such change is recorded. Nothing was changed.',
      next: 'Look the id up in the list of changes.',
    });
    expect(text.match(/Nothing was changed/g)).toHaveLength(1);
    expect(is).not.toHaveProperty('user');
    expect(text).toContain('Next: Look the id up in the list of changes.');
    expect(await rows()).toHaveLength(length);
  });
});
