import fc from 'fast-check';

/** Arbitrary JSON as an attacker would write it, and its text. */

/** Names that mean something to JavaScript, to JSON libraries, or to this server. */
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'toJSON',
  'then',
  'length',
  '',
  ' ',
  '.',
  '..',
  'set',
  'user_id',
  'clear',
  'connection',
  'name.givenName',
  'props.',
  'a\nb',
  '\u202e',
];

/** Numbers that `JSON.stringify` would not write. Kept as strings until `toText`. */
const LITERALS = ['-0', '1e400', '-1e400', '9007199254740993', '1e-400', '123456789012345678901234567890', '0.1e2'];
const MARK = '\u0001literal:';

const literal = fc.constantFrom(...LITERALS).map((digits) => `${MARK}${digits}`);
/** UTF-16 at random: about half of it is surrogates without their other half. */
const broken = fc
  .array(fc.oneof(fc.integer({ min: 0xd800, max: 0xdfff }), fc.integer({ min: 0, max: 0xffff })), { maxLength: 12 })
  .map((units) => String.fromCharCode(...units));
const huge = fc
  .tuple(fc.constantFrom('a', '\u0000', '"', '\u202e', 'é', '💣', '{', '\n'), fc.integer({ min: 1_000, max: 20_000 }))
  .map(([unit, times]) => unit.repeat(times));
export const anyText = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  { weight: 3, arbitrary: broken },
  { weight: 3, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: huge },
);
const number = fc.oneof(fc.integer(), fc.double(), fc.maxSafeInteger(), literal, fc.constantFrom(2 ** 53, -1, 0, 1e21));
const deep = fc
  .tuple(fc.integer({ min: 10, max: 400 }), fc.boolean())
  .map(([depth, list]) => nested(depth, (inner) => (list ? [inner] : { a: inner })));

/** Any JSON value. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 9, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, '') },
    { weight: 9, arbitrary: number },
    { weight: 9, arbitrary: anyText },
    { weight: 9, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    { weight: 9, arbitrary: tie('object') },
    { weight: 1, arbitrary: deep },
  ),
  object: objectOf(anyText, tie('value')),
})).value;

/** An object with these keys and values. Own properties only, `__proto__` too. */
export function objectOf(key: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  return fc.array(fc.tuple(key, value), { maxLength: 6 }).map((entries) => Object.fromEntries(entries));
}

/** The JSON text of a generated value. */
export function toText(value: unknown): string {
  return JSON.stringify(value).replace(/"\\u0001literal:([^"]*)"/g, '$1');
}

function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 'x';
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
}
