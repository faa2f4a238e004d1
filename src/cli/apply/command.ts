import { createApp } from '../../app.ts';
import { readSettings } from '../../config/load.ts';
import { AppError, UsageError } from '../../errors.ts';
import type { Called } from '../definitions/command.ts';
import { applyFile } from './file.ts';
import { type ApplyOptions, checkResume, readFileOptions } from './options.ts';
import { resume } from './resume.ts';
import { openSession } from './session.ts';

/** `apply FILE` and `apply --resume ID`. */
export async function run({ values, args: [path] }: Called<ApplyOptions>): Promise<number> {
  const id = values.resume;
  if (id !== undefined) checkResume(values, path);
  else if (path === undefined) throw new UsageError('apply: FILE is missing, or --resume with the id of a batch');
  const settings = await readSettings(process.env, values.config);
  // Every line that fails is printed with its reason; a log of the same would hide the bar and the question.
  const log = process.env['UPDATE_USER_LOG'] ? settings.log : 'error';
  const app = createApp({ ...settings, log });
  const session = openSession({ command: 'apply', json: values.json ? 'lines' : undefined });
  try {
    if (id !== undefined) return await resume(id, session, app);
    return await applyFile(readFileOptions(path ?? '', values, app.settings), values, session, app);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { next } = error.facts;
    process.stderr.write(`update-user-mcp: ${error.message}${next === undefined ? '' : ` ${next}`}\n`);
    return 1;
  } finally {
    session.close();
    await app.shutdown();
  }
}
