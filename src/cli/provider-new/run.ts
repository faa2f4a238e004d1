import { shippedProviders } from '../../config/providers/shipped.ts';
import { UsageError } from '../../errors.ts';
import { errorCode } from '../../lib/error-code.ts';
import { openPlaces } from '../../providers/declared/open-places.ts';
import { PRESETS, presetId } from '../../providers/presets/index.ts';
import type { Called } from '../definitions/command.ts';
import { print, write } from '../output.ts';
import { replace } from '../registration/disk.ts';
import { chooseUpdate } from './choose.ts';
import { Description } from './openapi/description.ts';
import { readOpenApi } from './openapi/read.ts';
import { reportOf } from './report.ts';
import { toStarter } from './starter.ts';

interface NewOptions {
  openapi?: string;
  operation?: string;
  out?: string;
}

/** `provider new`: a starter file from a description of an API. */
export async function run({ values: { openapi, operation, out } }: Called<NewOptions>): Promise<number> {
  if (openapi === undefined)
    throw new UsageError('--openapi: is missing; name the file with the description of the API');
  const description = new Description(await readOpenApi(openapi));
  const update = chooseUpdate(description, operation);
  const starter = toStarter(description, update, takenIds());
  const text = `${escapeInvisible(JSON.stringify(starter.file, undefined, 2))}\n`;
  const report = reportOf(starter, update, openPlaces(starter.file), out);
  if (out === undefined) {
    await write(text);
    process.stderr.write(`${report.join('\n')}\n`);
    return 0;
  }
  await create(out, text);
  for (const line of report) print(line);
  return 0;
}

/** Ids that no file may have. */
function takenIds(): string[] {
  return [...shippedProviders.map(({ id }) => id), ...PRESETS.map(presetId)];
}

/** Whole or not at all, and never over an existing file. */
async function create(file: string, text: string): Promise<void> {
  const isCreated = await replace({ path: file, mode: 0o644 }, new TextEncoder().encode(text)).catch(
    (error: unknown) => {
      throw new UsageError(`--out: ${file} cannot be written (${errorCode(error) ?? 'failed'})`);
    },
  );
  if (!isCreated) throw new UsageError(`--out: ${file} exists; choose another name, or remove it first`);
}

/** Foreign names may hold what moves the cursor or turns text around. All of it is inside strings. */
function escapeInvisible(json: string): string {
  return json.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (found) =>
    found === '\n' ? found : [...found].flatMap(toUnits).join(''),
  );
}

/** A character as JSON escapes it: by its code units. */
function toUnits(character: string): string[] {
  return character.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
