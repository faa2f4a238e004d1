import { describe, expect, it } from 'vitest';
import { bounds } from '../../../src/bounds.ts';
import { toBatchToolResult } from '../../../src/server/mcp/batch-results.ts';
import { limitResultSize } from '../../../src/server/mcp/result-size.ts';
import { bytesOf, isFinal } from '../../../src/server/mcp/tool.ts';
import { toBatchResult } from '../../../src/update/batch/result.ts';
import type { MemberResult } from '../../../src/update/batch/types.ts';

const member = (at: number, more: Partial<MemberResult> = {}): MemberResult => ({
  outcome: 'updated',
  provider: 'atlassian',
  connection: 'atlassian',
  user: { id: `u${at}`, label: `User ${at}` },
  message: 'Updated, and seen in the record read back.',
  ...more,
});
const batchOf = (results: readonly MemberResult[]) => toBatchResult({ id: 'b1', allOrNothing: false }, results);
type Structure = { results: MemberResult[]; left_out?: string[] };
const shown = (results: readonly MemberResult[]) => {
  const result = limitResultSize(toBatchToolResult(batchOf(results)), bounds.listResultBytes);
  if (!isFinal(result)) throw new Error('a question');
  return { ...result, structure: result.structuredContent as unknown as Structure };
};
const text = (characters: number) => 'x'.repeat(characters);
const changes = Array.from({ length: 30 }, (_, at) => ({ field: `field${at}`, before: text(100), after: text(100) }));
const previewed = changes as unknown as NonNullable<MemberResult['changes']>; // plain texts for redacted ones

describe('the result of a batch', () => {
  it('has the shape of the contract, and a line of text for each change', () => {
    const { content, structure, isError } = shown([
      member(1),
      member(2, { outcome: 'failed', code: 'not_found', message: 'No such user.', connection: 'second' }),
    ]);
    expect(structure).toEqual({
      outcome: 'partly_updated',
      batch_id: 'b1',
      counts: { updated: 1, failed: 1 },
      results: [
        member(1),
        member(2, { outcome: 'failed', code: 'not_found', message: 'No such user.', connection: 'second' }),
      ],
      message: expect.any(String),
      next: expect.any(String),
    });
    expect(content[0]?.text.split('\n').slice(0, 4)).toEqual([
      'partly_updated: batch b1',
      'Of 2 changes: 1 updated, 1 failed.',
      '  updated: "User 1" ("u1") at atlassian',
      '  failed (not_found): "User 2" ("u2") at atlassian, connection "second": No such user.',
    ]);
    expect(isError).toBe(true);
  });

  it.each([
    ['updated', false],
    ['unchanged', false],
    ['preview', false],
    ['needs_approval', false],
    ['refused', true],
    ['denied', true],
    ['conflict', true],
    ['failed', true],
    ['unverified', true],
  ] as const)('is an error if anything ended so: %s', (outcome, isError) => {
    expect(shown([member(1), member(2, { outcome })]).isError).toBe(isError);
  });

  it('leaves out the changes of previews first, and says so', () => {
    const { structure, content } = shown(
      Array.from({ length: 50 }, (_, at) => member(at, { outcome: 'preview', changes: previewed })),
    );
    expect(structure.results).toHaveLength(50);
    expect(structure.results[0]).toEqual(member(0, { outcome: 'preview' }));
    expect(structure.left_out).toEqual(['changes of 50 results']);
    expect(content[0]?.text).toContain('Left out: changes of 50 results.');
  });

  it('then shortens messages, before it drops a result', () => {
    const { structure } = shown(
      Array.from({ length: 50 }, (_, at) => member(at, { outcome: 'failed', code: 'internal', message: text(2_000) })),
    );
    expect(structure.results).toHaveLength(50);
    expect(structure.results.every(({ code, user }) => code === 'internal' && user.label !== undefined)).toBe(true);
    expect(structure.left_out).toEqual(['50 messages, or the end of them']);
  });

  it.each([50, 10_000])('never exceeds the bound of a list with %i changes', (count) => {
    const result = shown(
      Array.from({ length: count }, (_, at) =>
        member(at, {
          outcome: 'preview',
          changes: previewed,
          message: text(500),
          user: { id: text(250), label: text(120) },
        }),
      ),
    );
    expect(bytesOf(result)).toBeLessThanOrEqual(bounds.listResultBytes);
  });
});
