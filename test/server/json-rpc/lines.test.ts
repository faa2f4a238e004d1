import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitLines } from '../../../src/server/json-rpc/lines.ts';

/** Lines, and `skipped N` for one of N bytes that is too long. */
function linesOf(chunks: readonly Uint8Array[], maxBytes: number): string[] {
  const lines: string[] = [];
  const splitter = splitLines(maxBytes, {
    onLine: (line) => lines.push(line.toString('latin1')),
    onSkipped: (head, tail) => lines.push(`skipped ${head.toString('latin1')} … ${tail.toString('latin1')}`),
  });
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

it('are the same however the bytes arrive', () => {
  const byte = fc.oneof(fc.constantFrom(10, 13, 0, 0xff), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(fc.array(byte, { maxLength: 20 }), { maxLength: 20 }), (chunks) => {
      const whole = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
      const expected = whole.toString('latin1').split('\n');
      const last = expected.pop();
      const lines = [...expected, ...(last === '' ? [] : [last])];
      expect(
        linesOf(
          chunks.map((chunk) => Uint8Array.from(chunk)),
          1000,
        ),
      ).toEqual(lines);
      expect(
        linesOf(
          [...whole].map((one) => Uint8Array.of(one)),
          1000,
        ),
      ).toEqual(lines);
    }),
  );
});

it.each([1, 7, 100_000])('that are too long are skipped with their two ends, in chunks of %i', (size) => {
  const text = `short\n${'a'.repeat(5000)}${'b'.repeat(5000)}\n\nlast`;
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  const [first, skipped = '', blank, last] = linesOf(chunks, 8000);
  expect([first, blank, last]).toEqual(['short', '', 'last']);
  expect(skipped).toMatch(/^skipped a+ … b+$/);
  expect(skipped.length).toBeLessThan(9000);
});
