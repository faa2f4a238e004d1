import { describe, expect, it } from 'vitest';
import { limitResultSize } from '../../../src/server/mcp/result-size.ts';
import type { FinalToolResult, ToolResult } from '../../../src/server/mcp/tool.ts';

const bytesOf = (result: ToolResult) =>
  Buffer.byteLength(
    JSON.stringify([(result as FinalToolResult).content, (result as FinalToolResult).structuredContent]),
  );
const resultOf = (text: string, structuredContent: Record<string, unknown>): FinalToolResult => ({
  content: [{ type: 'text', text }],
  structuredContent: { outcome: 'updated', ...structuredContent },
  isError: false,
});
const lines = (count: number) => Array.from({ length: count }, (_, at) => `  props.k${at}: "a" → "b"`).join('\n');

describe('a result', () => {
  it('that fits is unchanged', () => {
    const result = resultOf('updated: done', { changes: [{ field: 'title', before: 'a', after: 'b' }] });
    expect(limitResultSize(result)).toBe(result);
  });

  it.each<[string, FinalToolResult]>([
    ['with a long text', resultOf('x'.repeat(1_000_000), {})],
    ['with many lines', resultOf(lines(20_000), {})],
    ['with many changes', resultOf('x', { changes: Array.from({ length: 20_000 }, (_, at) => ({ field: `f${at}` })) })],
    ['with a long value', resultOf('x', { changes: [{ field: 'f', after: 'ü'.repeat(500_000) }] })],
    ['with escapes in it', resultOf('\u0001'.repeat(100_000), { message: '"'.repeat(100_000) })],
    [
      'with many names',
      resultOf('x', { a: Object.fromEntries(Array.from({ length: 9_000 }, (_, at) => [`n${at}`, 1])) }),
    ],
    ['with a long name', resultOf('x', { a: { ['n'.repeat(500_000)]: 1 } })],
    [
      'with many names of its own',
      resultOf(
        'x',
        Object.fromEntries(
          lines(9_000)
            .split('\n')
            .map((line) => [line, 1]),
        ),
      ),
    ],
  ])('%s is cut to 20 kB, and keeps its outcome', (_name, result) => {
    const bounded = limitResultSize(result) as FinalToolResult;
    expect(bytesOf(bounded)).toBeLessThanOrEqual(20_000);
    expect(bounded).toMatchObject({ structuredContent: { outcome: 'updated' }, isError: false });
  });

  it('says what is left out: next to the values, and between the first lines and the last', () => {
    const changes = Array.from({ length: 500 }, (_, at) => ({ field: `props.k${at}`, before: 'a', after: 'b' }));
    const text = `${lines(500)}\nNext: nothing.`;
    const { content, structuredContent: is = {} } = limitResultSize(resultOf(text, { changes })) as FinalToolResult;
    expect(is['left_out']).toEqual([`changes: ${500 - (is['changes'] as unknown[]).length} entries`]);
    expect(content[0]?.text).toMatch(/^ {2}props\.k0: [^]*\n\(\d+ more lines\)\n[^]*\nNext: nothing\.$/);
  });
});
