import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { shippedFileSchema } from '../../../src/providers/declared/json-schema.ts';
import { PRESETS, readPreset } from '../../../src/providers/presets/index.ts';

const file = join(import.meta.dirname, '../../../provider.schema.json');
const ajv = new Ajv2020({ strict: false, validateFormats: false });

it('the shipped schema is the one the code has; update with --update', async () => {
  await expect(`${JSON.stringify(shippedFileSchema(), null, 1)}\n`).toMatchFileSnapshot(file);
});

it.each(PRESETS)('the preset %s is valid by the shipped schema, and not with a further key', async (name) => {
  const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
  const preset = structuredClone(await readPreset(name)) as { fields: Record<string, object> };
  expect(validate(preset) ? [] : validate.errors).toEqual([]);
  expect(validate({ ...preset, script: 'x' })).toBe(false);
  const [field = ''] = Object.keys(preset.fields);
  expect(validate({ ...preset, fields: { [field]: { ...preset.fields[field], sensitivity: undefined } } })).toBe(false);
});
