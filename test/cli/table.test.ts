import { describe, expect, it } from 'vitest';
import { resolveChangeId, shortIds } from '../../src/cli/changes/ids.ts';
import { toTable, wrapAll } from '../../src/cli/table.ts';
import { UsageError } from '../../src/errors.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import { createProcessId } from '../../src/store/process-id.ts';

const WHEN = '0198f3a2-7b1c';
const ID = `${WHEN}-7abc-8def-0123456789ab`;

describe('a table', () => {
  const rows = [['awork', 'firstName: "J•••" → "J•••"; lastName: "D•••" → "D•••"', ID]];
  const linesAt = (width: number) => toTable(['WHERE', 'WHAT', 'ID'], rows, { width, uncut: [2] }).split('\n');

  it.each([100, 80, 60])('of %d columns keeps uncut columns, and cuts the rest', (width) => {
    for (const line of linesAt(width)) expect([...line].length).toBeLessThanOrEqual(width);
    expect(linesAt(width)[1]?.endsWith(`  ${ID}`)).toBe(true);
  });

  it('becomes a block for each row where columns do not fit', () => {
    const lines = linesAt(40);
    expect(lines.at(-1)).toBe(`ID     ${ID}`);
    for (const line of lines.slice(0, -1)) expect([...line].length).toBeLessThanOrEqual(40);
    expect(lines.join('')).toContain('lastName');
  });

  it.each([
    ['a family', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}', 2],
    ['a thumb with a skin tone', '\u{1f44d}\u{1f3fd}', 2],
    ['a flag', '\u{1f1e9}\u{1f1ea}', 2],
    ['a letter with its accent', 'e\u0301', 1],
  ])('takes %s for one character, and never cuts it apart', (_, character, wide) => {
    const count = Math.floor(19 / wide);
    const [, row = ''] = toTable(['WHAT', 'ID'], [[character.repeat(40), 'x']], { width: 24, uncut: [1] }).split('\n');
    expect(row).toBe(`${character.repeat(count)}…${' '.repeat(20 - 1 - count * wide)}  x`);
    expect(wrapAll(character.repeat(8), 4 * wide)).toEqual([character.repeat(4), character.repeat(4)]);
  });

  it('shows a joiner that joins no pictures', () => {
    expect(toTable(['A'], [['a\u200db']])).toBe('A\na?b');
  });

  it.each([
    ['Chinese', '更改职位名称因为她升职了'],
    ['Korean', '직함을변경했습니다'],
    ['accents on their own', 'a\u0301'.repeat(40)],
    ['emoji', '🎉'.repeat(20)],
  ])('counts the terminal columns of %s', (_, text) => {
    const columns = (line: string) =>
      [...line].reduce(
        (sum, one) => sum + (/\p{M}/u.test(one) ? 0 : /[\p{sc=Han}\p{sc=Hangul}🎉]/u.test(one) ? 2 : 1),
        0,
      );
    const [head = '', cut = ''] = toTable(['WHAT', 'ID'], [[text, ID]], { width: 50, uncut: [1] }).split('\n');
    expect(columns(cut)).toBeLessThanOrEqual(50);
    expect(columns(cut.slice(0, cut.indexOf(ID)))).toBe(head.indexOf('ID'));
    for (const line of wrapAll(text, 15)) expect(columns(line)).toBeLessThanOrEqual(15);
    expect(wrapAll(text, 15).join('')).toBe(text);
  });

  it('cuts nothing in a pipe', () => {
    expect(toTable(['WHAT'], [['x'.repeat(500)]])).toContain('x'.repeat(500));
  });
});

describe('ids of changes', () => {
  it.each([
    ['of different times', [ID, ID.replace('7b1c', '7b1d')], 18],
    ['of one millisecond', [ID, ID.replace('7abc', '7abd')], 18],
    ['with a longer common prefix', [ID, ID.replace('8def', '9def')], 23],
    ['that differ at the end', [ID, ID.replace(/b$/, 'c')], 36],
    ['of a single change', [ID], 18],
  ])('%s are shortened as far as possible', (_name, ids, length) => {
    expect(shortIds(ids)).toEqual(ids.map((id) => id.slice(0, length)));
  });

  it('are resolved by a prefix, however old, unless it is ambiguous', async () => {
    const store = createMemoryStore(createProcessId());
    const idAt = (at: number) => `0198f3a2-${String(at).padStart(4, '0')}-7abc-8def-0123456789ab`;
    for (let at = 0; at < 1200; at++) {
      const who = { provider: 'awork', connection: 'awork', userId: 'u' };
      await store.attempt({
        ...who,
        changeId: idAt(at),
        outcome: 'failed',
        body: { tool: 't', caller: 'c', fields: [] },
      });
    }
    expect(await resolveChangeId(store, '0198f3a2-0003')).toBe(idAt(3));
    expect(await resolveChangeId(store, '0198F3A2-1199-7')).toBe(idAt(1199));
    expect(await resolveChangeId(store, idAt(7))).toBe(idAt(7));
    expect(await resolveChangeId(store, '0198f3a2-9')).toBe('0198f3a2-9');
    await expect(resolveChangeId(store, '0198f3a2-00')).rejects.toThrow(UsageError);
    await expect(resolveChangeId(store, '0198')).rejects.toThrow(/matches more than one change/);
  });
});
