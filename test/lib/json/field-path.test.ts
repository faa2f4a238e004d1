import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPath, hasWildcard, parsePath, splitPath } from '../../../src/lib/json/field-path.ts';

describe('paths', () => {
  it.each([
    ['title', ['title']],
    ['props.theme.color', ['props', 'theme', 'color']],
    ['props.a\\.b', ['props', 'a.b']],
    ['props.\\*', ['props', '*']],
    ['props.DOMAIN\\\\ann', ['props', 'DOMAIN\\ann']],
    ['props.a\\\\.b', ['props', 'a\\', 'b']],
  ])('%s', (text, segments) => {
    expect(parsePath(text)).toEqual(segments);
    expect(formatPath(segments)).toBe(text);
  });

  it.each(['', '.', 'props.', '.theme', 'props..theme', 'props\\', 'props.\\', 'props.\\n'])(
    '%j is not a path',
    (text) => {
      expect(parsePath(text)).toBeUndefined();
    },
  );

  it('formatting and parsing any segments returns them', () => {
    const segment = fc.string({ minLength: 1, unit: fc.constantFrom('.', '*', '\\', 'a', 'é', ' ') });
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1 }), (segments) => {
        expect(parsePath(formatPath(segments))).toEqual(segments);
      }),
    );
  });

  it('only a star that is not escaped is a wildcard', () => {
    expect(['a.*', 'a\\\\*', '*'].map(hasWildcard)).toEqual([true, true, true]);
    expect(['a.\\*', 'a', 'a\\\\\\*'].map(hasWildcard)).toEqual([false, false, false]);
    expect(splitPath('a\\.b.*')).toEqual(['a\\.b', '*']);
  });
});
