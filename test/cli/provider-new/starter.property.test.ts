import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import type { Json, JsonObject } from '../../../src/lib/json/json-value.ts';
import { checkProviderFile } from '../../../src/providers/declared/check.ts';
import { openPlaces } from '../../../src/providers/declared/open-places.ts';
import { formatPointer } from '../../../src/providers/declared/pointer.ts';
import { describeUpdate, starterOf } from '../../support/openapi/starters.ts';

const names = fc.oneof(
  fc.constantFrom(
    'id',
    'email',
    'password',
    'active',
    'title',
    '__proto__',
    'constructor',
    'a/b',
    'a~b',
    '',
    'x y',
    '1st',
  ),
  fc.string({ maxLength: 60, unit: 'grapheme' }),
);
const REFERENCES = ['#/components/schemas/A', '#/components/schemas/B', '#/nothing', '#'];

/** Schemas as they may be written, sense or nonsense. */
const { schema } = fc.letrec<{ schema: Json }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(true, false, null, 5, 'text'),
    fc.record({ $ref: fc.constantFrom(...REFERENCES) }) as fc.Arbitrary<Json>,
    fc.record(
      {
        type: fc.oneof(
          fc.constantFrom('string', 'integer', 'number', 'boolean', 'array', 'object', 'null', 'other'),
          fc.constant(['string', 'null']),
        ),
        format: fc.constantFrom('email', 'date', 'int64', 'binary', 'toString'),
        enum: fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { maxLength: 4 }),
        default: fc.oneof(fc.string(), fc.boolean(), fc.double()),
        nullable: fc.boolean(),
        readOnly: fc.boolean(),
        writeOnly: fc.boolean(),
        minLength: fc.integer(),
        maxLength: fc.integer(),
        minimum: fc.double(),
        maximum: fc.integer(),
        required: fc.array(names, { maxLength: 3 }),
        properties: fc.dictionary(names, tie('schema'), { maxKeys: 4 }),
        additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
        items: tie('schema'),
        allOf: fc.array(tie('schema'), { maxLength: 2 }),
        oneOf: fc.array(tie('schema'), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<Json>,
  ),
}));

it('any description ends in a file whose only faults are what is open, or in a message', () => {
  fc.assert(
    fc.property(schema, schema, schema, schema, (body, read, a, b) => {
      const parts = { read, components: { schemas: { A: a, B: b } } };
      const properties = { title: { type: 'string' }, sub: body };
      const file = starterIfAny(describeUpdate({ type: 'object', allOf: [{ properties }, body] }, parts));
      if (!file) return;
      expect(() => JSON.stringify(file)).not.toThrow();
      const checked = checkProviderFile(JSON.parse(JSON.stringify(file)));
      const open = new Set(openPlaces(file).map(({ path }) => formatPointer(path)));
      const others = checked.ok ? [] : checked.faults.filter(({ pointer }) => !open.has(pointer));
      expect(others).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

function starterIfAny(root: JsonObject): JsonObject | undefined {
  try {
    return starterOf(root).file;
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}
