import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkTo } from '../../../src/lib/text/link-header.ts';

describe('the next link', () => {
  it.each<[string, string | undefined]>([
    ['<https://a.example/?p=2>; rel="next"', 'https://a.example/?p=2'],
    ['<https://a.example/?p=2>; rel=next', 'https://a.example/?p=2'],
    ['<https://a.example/?p=2>;REL="NEXT"', 'https://a.example/?p=2'],
    ['< https://a.example/ > ; rel = "next"', 'https://a.example/'],
    ['<?p=1>; rel="self", <?p=2>; rel="next"', '?p=2'],
    ['<?p=1,2>; title="a, <b>; rel=next"; rel="self", <?p=2>; rel="next"', '?p=2'],
    ['<?p=1>; title="a \\", <x>; rel=next"; rel="self", <?p=2>; rel="next"', '?p=2'],
    ['<?p=2>; rel="last next"', '?p=2'],
    ['<?p=2>; rel="first"; rel="next"', undefined],
    ['<?p=2>; rel="nextish"', undefined],
    ['<?p=2>; rev="next"', undefined],
    ['<?p=2>; title="next"', undefined],
    ['<?p=2>; rel="next"; anchor="https://b.example/"', undefined],
    ['<?p=1>; rel="next", <?p=2>; rel="next"', '?p=1'],
    [', ,<?p=2>; crossorigin; ; rel="next",', '?p=2'],
    ['<?p=2>; n*=UTF-8\'\'%e2; rel="next"', '?p=2'],
    ['?p=2; rel="next"', undefined],
    ['<?p=2; rel="next"', undefined],
    ['<?p=1>; rel="self" <?p=2>; rel="next"', undefined],
    ['<>; rel="next"', ''],
    ['<?p=2>; rel="next', undefined],
    ['', undefined],
  ])('of %s is %s', (header, target) => {
    expect(linkTo(header, 'next')).toBe(target);
  });

  it('is found among links with any parameters', () => {
    const text = fc.string({ unit: 'binary-ascii', maxLength: 20 });
    const target = text.map((value) => value.replace(/[<>\s]/g, 'x'));
    fc.assert(
      fc.property(fc.array(fc.tuple(target, text)), target, (others, wanted) => {
        const quoted = (value: string) => `"${value.replace(/["\\]/g, '\\$&')}"`;
        const before = others.map(([url, title]) => `<${url}>; title=${quoted(title)}; rel=prev`);
        expect(linkTo([...before, `<${wanted}>; rel="next"`].join(', '), 'next')).toBe(wanted);
      }),
    );
  });

  it.each(['<', ',', ';', '"', '<>;', '<>;a=";', '\\', '<>; a="\\', ' ', '\t,'])(
    'is searched in linear time in a header of %j',
    (piece) => {
      const header = `<x>;${piece.repeat(Math.ceil(200_000 / piece.length))}`;
      const started = performance.now();
      linkTo(header, 'next');
      expect(performance.now() - started).toBeLessThan(2000);
    },
  );
});
