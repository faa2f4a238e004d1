import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/lib/json/json-value.ts';
import { describeUpdate, starterOf } from '../../support/openapi/starters.ts';

/** The field `x` of a body with only this property. */
function fieldOf(schema: Json, more: JsonObject = {}): JsonObject {
  const { file } = starterOf(describeUpdate({ type: 'object', properties: { x: schema } }, more));
  return file.fields['x'] as JsonObject;
}

describe('the type of a field', () => {
  it.each([
    [{ type: 'string' }, { type: 'text' }],
    [
      { type: 'string', minLength: 0, maxLength: 40 },
      { type: 'text', maxLength: 40 },
    ],
    [{ type: 'string', format: 'email' }, { type: 'email' }],
    [{ type: 'string', format: 'uri' }, { type: 'url' }],
    [{ type: 'string', format: 'date' }, { type: 'date' }],
    [{ type: 'string', format: 'date-time' }, { type: 'date-time' }],
    [{ type: 'string', format: 'constructor' }, { type: 'text' }],
    [{ enum: ['a', 'b', ''] }, { type: 'text', enum: ['a', 'b'] }],
    [{ const: 'a' }, { type: 'text', enum: ['a'] }],
    [
      { type: 'integer', minimum: 1, maximum: 9 },
      { type: 'integer', minimum: 1, maximum: 9 },
    ],
    [
      { type: 'integer', exclusiveMinimum: 0 },
      { type: 'integer', minimum: 1 },
    ],
    [
      { type: 'integer', maximum: 10, exclusiveMaximum: true },
      { type: 'integer', maximum: 9 },
    ],
    [{ type: 'number' }, { type: 'number' }],
    [
      { type: 'array', items: { type: 'string' } },
      { type: 'list', items: { type: 'text' } },
    ],
    [
      { type: 'array', items: { type: 'object', properties: { value: { type: 'string' }, deep: { type: 'object' } } } },
      { type: 'list', items: { type: 'object', keys: { value: { type: 'text' } } } },
    ],
    [{ type: ['integer', 'string'] }, { type: '? text' }],
    [{}, { type: '?' }],
  ])('%j is %j', (schema, spec) => {
    const { type, enum: listed, minLength, maxLength, minimum, maximum, items } = fieldOf(schema as Json);
    const found = { type, enum: listed, minLength, maxLength, minimum, maximum, items };
    expect(JSON.parse(JSON.stringify(found))).toEqual(spec);
  });

  it('has no limit that a double cannot hold', () => {
    expect(fieldOf({ type: 'integer', maximum: 2n ** 63n - 1n })).not.toHaveProperty('maximum');
    expect(fieldOf({ type: 'integer', maximum: 2 ** 63 })).not.toHaveProperty('maximum');
  });

  it.each([
    ['nullable of 3.0', { type: 'string', nullable: true }],
    ['a list of types', { type: ['string', 'null'] }],
    ['anyOf with null', { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    ['oneOf with a null that is listed', { oneOf: [{ type: 'string' }, { enum: [null] }] }],
    ['a reference beside more', { $ref: '#/components/schemas/Text', nullable: true }],
    ['allOf', { allOf: [{ $ref: '#/components/schemas/Text' }, { nullable: true }] }],
  ])('%s is emptied with null', (_, schema) => {
    const components = { schemas: { Text: { type: 'string' } } };
    expect(fieldOf(schema as Json, { components })).toMatchObject({ type: 'text', clear: 'null' });
  });

  it('is an id where it has 64 bits or the name of one', () => {
    expect(fieldOf({ type: 'integer', format: 'int64' })).toMatchObject({ compare: 'id' });
    expect(fieldOf({ type: 'array', items: { type: 'integer', format: 'int64' } })).toMatchObject({ compare: 'set' });
    expect(fieldOf({ type: 'integer' })).not.toHaveProperty('compare');
    const named = starterOf(describeUpdate({ properties: { manager_id: { type: 'integer' } } })).file.fields;
    expect(named['manager_id']).toMatchObject({ compare: 'id' });
  });

  it('joins what allOf says, and keeps of oneOf what all say', () => {
    const text = { type: 'string' };
    expect(fieldOf({ allOf: [text, { maxLength: 5 }, { enum: ['a', 'b'] }] })).toMatchObject({ enum: ['a', 'b'] });
    expect(
      fieldOf({
        oneOf: [
          { ...text, enum: ['a'] },
          { ...text, enum: ['b'] },
        ],
      }),
    ).toMatchObject({ enum: ['a', 'b'] });
    const loose = fieldOf({
      oneOf: [
        { ...text, enum: ['a'] },
        { ...text, maxLength: 5 },
      ],
    });
    expect(loose).toMatchObject({ type: 'text' });
    expect(Object.keys(loose)).not.toContain('enum');
    expect(Object.keys(loose)).not.toContain('maxLength');
  });
});

describe('what no description says', () => {
  it('is open for each field, with what its name suggests as a proposal', () => {
    const properties = {
      password: {},
      credentials: { type: 'array' },
      email: {},
      suspended: {},
      role: {},
      title: {},
      zodiac: {},
    };
    const { file } = starterOf(describeUpdate({ properties }));
    const proposed = Object.entries(file.fields).map(([name, spec]) => {
      const { sensitivity, effect } = spec as JsonObject;
      return [name, sensitivity, effect];
    });
    expect(proposed).toEqual([
      ['password', '? secret', '? secret'],
      ['credentials', '? secret', '? secret'],
      ['email', '? personal', '? identity'],
      ['suspended', '? public', '? lifecycle'],
      ['role', '? public', '? access'],
      ['title', '? public', '? ordinary'],
      ['zodiac', '?', '?'],
    ]);
  });

  it('is how a text is emptied, but a switch, a choice and a secret are not', () => {
    const properties = {
      title: { type: 'string' },
      active: { type: 'boolean', nullable: true },
      kind: { enum: ['a'] },
      password: { type: 'string', nullable: true },
    };
    const { file } = starterOf(describeUpdate({ properties }));
    const clears = Object.values(file.fields).map((spec) => (spec as JsonObject)['clear']);
    expect(clears).toEqual(['?', undefined, undefined, undefined]);
  });

  it('is whether a field is shown that the read call does not list; a secret counts as never shown', () => {
    const properties = { title: { type: 'string' }, notify: { type: 'boolean' }, password: { type: 'string' } };
    const read = { properties: { id: { type: 'string' }, title: { type: 'string' } } };
    const { file } = starterOf(describeUpdate({ properties }, { read }));
    const shown = Object.values(file.fields).map((spec) => (spec as JsonObject)['readback']);
    expect(shown).toEqual([undefined, '? false', false]);
  });
});

describe('attributes inside others', () => {
  const text = { type: 'string' };
  const properties = {
    profile: {
      type: 'object',
      properties: { firstName: text, id: { ...text, readOnly: true }, 'a/b': text },
      additionalProperties: true,
    },
    billing: { type: 'object', properties: { street: text, city: text } },
    shipping: { type: 'object', properties: { city: text } },
    custom: { type: 'object', properties: {} },
    city: text,
    createdAt: text,
  };
  const starter = starterOf(describeUpdate({ type: 'object', properties }));

  it('are fields with their places, under names of their own', () => {
    const places = Object.entries(starter.file.fields).map(([name, spec]) => [name, (spec as JsonObject)['pointer']]);
    expect(places).toEqual([
      ['firstName', '/profile/firstName'],
      ['a_b', '/profile/a~1b'],
      ['street', '/billing/street'],
      ['billing_city', '/billing/city'],
      ['shipping_city', '/shipping/city'],
      ['city', undefined],
    ]);
  });

  it('are open sets where other keys are taken, and read-only where the vendor sets them', () => {
    expect(starter.file['openFields']).toMatchObject({
      profile: { pointer: '/profile', sensitivity: '? personal', effect: '?', clear: '?' },
      custom: { pointer: '/custom' },
    });
    expect(starter.file.readOnly).toMatchObject({
      profile_id: { pointer: '/profile/id', sensitivity: '? public' },
      createdAt: '? public',
    });
  });

  it('end where they lead back to themselves, and the report says so', () => {
    const person = { type: 'object', properties: { name: text, manager: { $ref: '#/components/schemas/Person' } } };
    const parts = { components: { schemas: { Person: person } } };
    const { file, notes } = starterOf(describeUpdate({ $ref: '#/components/schemas/Person' }, parts));
    expect(Object.keys(file.fields)).toEqual(['name', 'manager_name']);
    expect(notes).toContainEqual(expect.stringContaining('/manager/manager refers to what it is a part of'));
  });

  it('of a secret are only the secret itself', () => {
    const hash = { type: 'object', properties: { salt: text, rounds: { type: 'integer' } } };
    const password = { type: 'object', writeOnly: true, properties: { value: text, hash } };
    const { file } = starterOf(describeUpdate({ properties: { credentials: { properties: { password } } } }));
    expect(file.fields).toEqual({
      credentials_password_value: expect.objectContaining({
        pointer: '/credentials/password/value',
        sensitivity: '? secret',
      }),
    });
  });
});
