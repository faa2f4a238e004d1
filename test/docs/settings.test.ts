import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fileSchema, type JsonSchema, settingsSchema } from '../../src/config/json-schema.ts';
import { providers } from '../../src/providers/index.ts';
import { ROOT } from '../support/text/markdown.ts';
import { settingsPage } from './settings-page.ts';

it('docs/settings.md is what the schemas say; update it with vitest --update', async () => {
  await expect(settingsPage()).toMatchFileSnapshot(join(ROOT, 'docs', 'settings.md'));
});

it('every setting has a description', () => {
  expect(undescribed(fileSchema(), '')).toEqual([]);
  for (const provider of providers) expect(undescribed(settingsSchema(provider), provider.id)).toEqual([]);
});

/** Fields as a provider file describes them. */
const AS_IN_FILES = 'scim.extensions';

function undescribed(schema: JsonSchema, path: string): string[] {
  if (path === AS_IN_FILES) return [];
  const parts = Object.entries(schema.properties ?? {}).flatMap(([key, part]) => {
    const below = path === '' ? key : `${path}.${key}`;
    return [...(part.description === undefined ? [below] : []), ...undescribed(part, below)];
  });
  const members = [schema.items, schema.additionalProperties].flatMap((part) =>
    typeof part === 'object' ? undescribed(part, path) : [],
  );
  return [...parts, ...members];
}
