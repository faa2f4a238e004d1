import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { EFFECTS } from '../../src/providers/effects.ts';
import { idOf } from '../../src/sandbox/people.ts';
import { createPipeline } from '../support/pipeline/pipeline.ts';
import { firstColumn, ROOT, readPage } from '../support/text/markdown.ts';

const PAGE = 'docs/policy.md';

interface JsonSchema {
  properties: Record<string, JsonSchema>;
  items?: JsonSchema;
  enum?: string[];
}

it(`${PAGE} describes every key of a rule, every decision and every effect`, () => {
  const schema = JSON.parse(readFileSync(join(ROOT, 'mcp.config.schema.json'), 'utf8')) as JsonSchema;
  const rule = schema.properties['policy']?.properties['rules']?.items;
  expect(firstColumn(PAGE, 'Keys of a rule').toSorted()).toEqual(Object.keys(rule?.properties ?? {}).toSorted());
  expect(firstColumn(PAGE, 'Decisions').toSorted()).toEqual((rule?.properties['decision']?.enum ?? []).toSorted());
  expect(firstColumn(PAGE, 'Effects')).toEqual([...EFFECTS]);
});

it('the example of each key of a rule is valid', () => {
  const rows = [...readPage(PAGE).text.matchAll(/^\| `(\w+)` \|.*\| `("\1": .*)` \|$/gm)];
  expect(rows.map(([, key]) => key)).toEqual(firstColumn(PAGE, 'Keys of a rule'));
  for (const [, , example] of rows) {
    const rule = { decision: 'deny', ...(JSON.parse(`{${example}}`) as object) };
    expect(configSchema().safeParse({ policy: { rules: [rule] } }).success, example).toBe(true);
  }
});

it('the verdicts of the example are those of the program', async () => {
  const { blocks, text } = readPage(PAGE);
  const rows = [...text.matchAll(/^\| `(\{.*\})` \| `(\w+)` \| `(.*)` \|$/gm)];
  expect(rows.length).toBeGreaterThan(3);
  const config = JSON.parse(blocks[0]?.text ?? '') as Record<string, unknown>;
  const pipeline = await createPipeline({ config });
  onTestFinished(() => pipeline.stop());
  for (const [, set = '', verdict, rule] of rows) {
    const args = { user_id: idOf('atlassian', 'jane'), set: JSON.parse(set) as unknown, dry_run: true };
    expect(await pipeline.call('atlassian', args), set).toMatchObject({ outcome: 'preview', verdict, rule });
  }
});
