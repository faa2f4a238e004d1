import { type App, createApp } from '../../app.ts';
import { readSettings } from '../../config/load.ts';
import { exportChanges } from '../changes/export.ts';
import type { Format } from '../changes/format-names.ts';
import { formatOf } from '../changes/formats.ts';
import { listChanges } from '../changes/list.ts';
import { type Asked, type FilterOptions, toQuery } from '../changes/query.ts';
import { parseSpan } from '../changes/times.ts';
import { verifyChain } from '../changes/verify.ts';
import type { Called } from '../definitions/command.ts';
import { providerNamed } from '../known-provider.ts';
import { print } from '../output.ts';
import { wrap } from '../table.ts';

interface ChangesOptions extends FilterOptions {
  limit?: string;
  format?: string;
  json?: boolean;
  config?: string;
}

/** `changes list`. */
export async function list({ values }: Called<ChangesOptions & { limit: string }>): Promise<number> {
  const format = formatOf(values, { standard: 'table', short: 'json' });
  const saysSpan = format === 'table' && (values.since ?? values.until) !== undefined;
  return await withQuery(values, format, async ({ query }, app) => {
    return await listChanges(await app.store(), query, { limit: Number(values.limit), format, saysSpan });
  });
}

/** `changes export`. */
export async function exportAll({ values }: Called<ChangesOptions>): Promise<number> {
  const limit = values.limit === undefined ? Number.POSITIVE_INFINITY : Number(values.limit);
  const format = formatOf(values, { standard: 'jsonl', short: 'jsonl' });
  return await withQuery(values, format, async ({ query }, app) => {
    return await exportChanges(await app.store(), query, { limit, format });
  });
}

/** `changes verify`. */
export async function verify({ values }: Called<{ head?: string; config?: string; json?: boolean }>): Promise<number> {
  const app = createApp(await readSettings(process.env, values.config));
  try {
    return await verifyChain(app, values);
  } finally {
    await app.shutdown();
  }
}

/** Prints what `use` prints, and its sentences after those about the user. */
async function withQuery(
  values: ChangesOptions,
  format: Format,
  use: (asked: Asked, app: App) => Promise<string[]>,
): Promise<number> {
  const span = parseSpan(values.since, values.until);
  const app = createApp(await readSettings(process.env, values.config));
  try {
    if (values.provider !== undefined) providerNamed(app.settings.providers, values.provider);
    const asked = await toQuery(values, span, app, format);
    tell(asked.notes, format);
    tell(await use(asked, app), format);
    return asked.isPartial ? 1 : 0;
  } finally {
    await app.shutdown();
  }
}

/** Sentences for people go to stdout with a table, and to stderr where a program reads stdout. */
function tell(sentences: readonly string[], format: Format): void {
  if (sentences.length === 0) return;
  const lines = sentences.flatMap((sentence) => wrap(sentence, 80)).join('\n');
  if (format === 'table') print(lines);
  else process.stderr.write(`${lines}\n`);
}
