import * as z from 'zod';
import { described } from '../../../lib/described.ts';
import { EFFECTS } from '../../effects.ts';
import { CLEAR_BY, COMPARES, SENSITIVITIES } from '../../field.ts';
import { HEADLINES } from '../headlines.ts';
import { fieldName, name, place, scalar, sentence } from './parts.ts';

/** What can be set. Sensitivity and effect have no default. */

export const NUMERIC = ['integer', 'number'] as const;

export const SCALARS = ['text', 'email', 'url', 'date', 'date-time', 'time-zone', 'boolean', ...NUMERIC] as const;
export const TYPES = [...SCALARS, 'list', 'object'] as const;

const MAX_TEXT = 16_384;

const limits = {
  enum: () =>
    described(
      'The values it can have.',
      z
        .array(z.union([z.string().min(1).max(128), z.int()]))
        .min(1)
        .max(200),
    ),
  minLength: () => described('The fewest characters.', z.int().min(1).max(MAX_TEXT)),
  maxLength: () => described('The most characters.', z.int().min(1).max(MAX_TEXT)),
  minimum: () => described('The least number.', z.number()),
  maximum: () => described('The greatest number.', z.number()),
};

const limitKeys = () => ({
  enum: limits.enum().optional(),
  minLength: limits.minLength().optional(),
  maxLength: limits.maxLength().optional(),
  minimum: limits.minimum().optional(),
  maximum: limits.maximum().optional(),
});

const part = () =>
  z.strictObject({
    type: described('What it is.', z.enum(SCALARS)),
    ...limitKeys(),
    sensitivity: described('That of the field when left out.', z.enum(SENSITIVITIES)).optional(),
  });

const parts = () => z.record(name(), part());

const item = () =>
  z.strictObject({
    type: described('What an entry is.', z.enum([...SCALARS, 'object'])),
    ...limitKeys(),
    keys: described('The keys of an entry.', parts()).optional(),
  });

const warning = () =>
  z.strictObject({
    before: described('Only for a change from one of these values.', z.array(scalar()).min(1).max(32)).optional(),
    after: described('Only for a change to one of these values.', z.array(scalar()).min(1).max(32)).optional(),
    when: described('Only if the domain of the e-mail address changes.', z.literal('domain_changes')).optional(),
    says: described('What the change does to the person, as a sentence.', sentence(200)).optional(),
    headline: described('The same as one word, for the headline of a request.', z.enum(HEADLINES)).optional(),
    removesRecord: described('The vendor removes the record with it.', z.literal(true)).optional(),
  });

const shown = () => ({
  sensitivity: described('Who may see the value.', z.enum(SENSITIVITIES)),
  effect: described('What a change does to the user.', z.enum(EFFECTS)),
});

export const field = () =>
  z.strictObject({
    pointer: described('Where the vendor keeps it; /NAME when left out.', place()).optional(),
    type: described('What the vendor accepts.', z.enum(TYPES)),
    ...limitKeys(),
    maxItems: described('The most entries of a list.', z.int().min(1).max(1000)).optional(),
    items: described('What a list has in it.', item()).optional(),
    keys: described('The keys of an object, which are changed one by one.', parts()).optional(),
    ...shown(),
    clear: described(
      'How it is emptied, or each key of an object; without it that is not possible.',
      z.enum(CLEAR_BY),
    ).optional(),
    compare: described('How two values are compared; `exact` when left out.', z.enum(COMPARES)).optional(),
    readback: described('The vendor never shows it.', z.literal(false)).optional(),
    refers: described('The value is the id of a user, or of something else.', z.enum(['user', 'other'])).optional(),
    default: described('What the vendor documents as default. Never sent.', z.json()).optional(),
    derives: described('What the vendor derives from it.', z.array(place()).max(32)).optional(),
    warnings: described(
      'What a change means, by its direction; the first that fits counts.',
      z.array(warning()).max(8),
    ).optional(),
  });

export const fields = () => described('The fields that can be set, by name.', z.record(fieldName(), field()));

export const openFields = () =>
  described(
    'Sets of custom fields: an object whose keys the tenant chooses.',
    z.record(
      fieldName(),
      z.strictObject({
        pointer: place(),
        ...shown(),
        clear: described('How a key is emptied.', z.enum(CLEAR_BY)).optional(),
        reserved: described(
          'Keys that mean something else to the vendor: nobody can set them here.',
          z.array(name()).max(64),
        ).optional(),
        warnings: described(
          'What a change means, by its direction; the first that fits counts.',
          z.array(warning()).max(8),
        ).optional(),
      }),
    ),
  );

const sensitivity = () => z.enum(SENSITIVITIES);

export const readOnly = () =>
  described(
    'Attributes that can only be read. Every other undeclared attribute is secret for display.',
    z.record(name(), z.union([sensitivity(), z.strictObject({ pointer: place(), sensitivity: sensitivity() })])),
  );
