import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/lib/json/json.ts';
import type { Json } from '../../../src/lib/json/json-value.ts';
import { ERROR_KINDS, type ErrorShape } from '../../../src/providers/errors.ts';
import { decodeError } from '../../../src/providers/interpret/decode-error.ts';
import { anyJson, toText } from '../../support/text/arbitrary-json.ts';

const shape: ErrorShape = {
  faults: [
    { at: ['errors'], path: ['loc'], message: ['msg'] },
    { at: [], path: ['fields'], message: ['message'] },
    { at: ['details'], keyed: true, message: ['description'] },
  ],
  messages: [
    ['error', 'message'],
    ['0', 'message'],
    ['errorCauses', '0', 'errorSummary'],
    ['__proto__', 'x'],
  ],
  header: 'X-Reason',
  codes: [
    { at: ['code'], is: { E1: 'forbidden', '409': 'uniqueness_conflict' }, contains: { taken: 'uniqueness_conflict' } },
    { at: ['0', 'errorCode'], is: { DUPLICATE_VALUE: 'uniqueness_conflict' }, statuses: [400] },
  ],
};

const decode = (body: Json | undefined, { status = 400, headers = {}, anyCase = false } = {}) =>
  decodeError({ errors: shape, ...(anyCase && { caseInsensitiveNames: true }) }, { status, headers, body });

describe('an error', () => {
  it.each<[string, Json, unknown]>([
    [
      'a list of faults',
      { errors: [{ loc: ['body', 'name', 'given'], msg: 'no' }] },
      [{ path: ['name', 'given'], quote: 'no' }],
    ],
    ['a path as a text', { errors: [{ loc: '$.name.given', msg: 'no' }] }, [{ path: ['name', 'given'], quote: 'no' }]],
    ['a response that is the list', [{ fields: ['Title'], message: 'no' }], [{ path: ['Title'], quote: 'no' }]],
    [
      'an object by field',
      { details: { email: [{ description: 'taken' }, { description: 'bad' }] } },
      [
        { path: ['email'], quote: 'taken' },
        { path: ['email'], quote: 'bad' },
      ],
    ],
    ['a sentence', { error: { message: 'no' } }, [{ quote: 'no' }]],
    ['a sentence in a list', { errorCauses: [{ errorSummary: 'no' }] }, [{ quote: 'no' }]],
    ['nothing', {}, undefined],
  ])('is read from %s', (_where, body, faults) => {
    expect(decode(body).faults).toEqual(faults);
  });

  it('is read from a header where the body says nothing', () => {
    const headers = { 'x-reason': 'too long' };
    expect(decode(undefined, { headers }).faults).toEqual([{ quote: 'too long' }]);
    expect(decode({ error: { message: 'no' } }, { headers }).faults).toEqual([{ quote: 'no' }]);
  });

  it.each<[Json, number, string | undefined]>([
    [{ code: 'E1' }, 400, 'forbidden'],
    [{ code: 409 }, 400, 'uniqueness_conflict'],
    [{ code: 'Name_TAKEN' }, 400, 'uniqueness_conflict'],
    [[{ errorCode: 'DUPLICATE_VALUE' }], 400, 'uniqueness_conflict'],
    [[{ errorCode: 'DUPLICATE_VALUE' }], 403, undefined],
    [{ code: 'E1' }, 500, undefined],
    [{ code: 'constructor' }, 400, undefined],
    [{ code: ['E1'] }, 400, undefined],
    [{ code: { E1: true } }, 400, undefined],
    [{ code: true }, 400, undefined],
  ])('with the code in %j and status %d is %s', (body, status, kind) => {
    expect(decode(body, { status }).kind).toBe(kind);
  });
});

/** Bodies of about a megabyte, as texts. */
const big: [string, (size: number) => string][] = [
  ['a deep list', (size) => '['.repeat(size / 2) + ']'.repeat(size / 2)],
  ['a deep object', (size) => '{"errors":'.repeat(size / 11) + '1' + '}'.repeat(size / 11)],
  ['a deep code', (size) => `{"code":${'['.repeat(size / 2)}${']'.repeat(size / 2)}}`],
  ['a deep path', (size) => `{"errors":[{"loc":[${'['.repeat(size / 2)}${']'.repeat(size / 2)}]}]}`],
  [
    'many faults',
    (size) =>
      `{"errors":[${Array(Math.floor(size / 20))
        .fill('{"loc":"a.b","msg":"c"}')
        .join(',')}]}`,
  ],
  [
    'many fields',
    (size) =>
      `{"details":{${Array.from({ length: size / 40 }, (_, at) => `"f${at}":[{"description":"x"}]`).join(',')}}}`,
  ],
  ['a long path', (size) => `{"errors":[{"loc":"${'a.'.repeat(size / 2)}","msg":"c"}]}`],
  [
    'many paths',
    (size) =>
      `{"errors":[{"loc":[${Array(Math.floor(size / 2))
        .fill('1')
        .join(',')}]}]}`,
  ],
  ['a long sentence', (size) => `{"error":{"message":"${'x'.repeat(size)}"}}`],
  ['a long code', (size) => `{"code":"${'taken'.repeat(size / 5)}"}`],
  [
    'many names in another case',
    (size) => `{${Array.from({ length: size / 14 }, (_, at) => `"ERRORS${at}":1`).join(',')},"Errors":[{"MSG":"x"}]}`,
  ],
];

describe('a hostile body', () => {
  it.each(big)('that is %s is decoded in linear time, without a failure', (_what, write) => {
    const body = parseJson(write(1_000_000));
    for (const anyCase of [false, true]) {
      const started = performance.now();
      const { faults = [] } = decode(body, { anyCase });
      expect(performance.now() - started).toBeLessThan(1500);
      expect(faults.length).toBeLessThanOrEqual(10_000);
    }
  });

  it.each<Json>([
    { code: { toString: 1, valueOf: 1 } } as unknown as Json,
    { errors: [{ loc: [{ toString: null }], msg: { toString: 1 } }] } as unknown as Json,
    [{ errorCode: { toString: 'x' } }] as unknown as Json,
  ])('that redefines the conversion to text is decoded: %#', (body) => {
    expect(() => decode(body)).not.toThrow();
  });

  it('of any kind is decoded to kinds, paths and texts', () => {
    const placed = fc.oneof(
      anyJson,
      fc.record({ errors: anyJson, error: anyJson, code: anyJson, details: anyJson, 0: anyJson }, { requiredKeys: [] }),
      fc.array(fc.record({ errorCode: anyJson, fields: anyJson, message: anyJson, loc: anyJson }), { maxLength: 3 }),
    );
    fc.assert(
      fc.property(placed, fc.boolean(), fc.constantFrom(200, 400, 409, 500), (value, anyCase, status) => {
        const { kind, faults = [] } = decode(parseJson(toText(value)), { anyCase, status });
        if (kind !== undefined) expect(ERROR_KINDS).toContain(kind);
        for (const { path = [], quote = '' } of faults) {
          expect([...path, quote].every((text) => typeof text === 'string')).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
