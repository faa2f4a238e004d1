import { createReadStream } from 'node:fs';
import { bounds } from '../../../bounds.ts';
import { UsageError } from '../../../errors.ts';
import { errorCode } from '../../../lib/error-code.ts';
import type { Provider } from '../../../providers/provider.ts';
import { type CsvOptions, readCsvLines } from './csv-lines.ts';
import { UnreadableFile } from './fault.ts';
import type { FileLine } from './file-line.ts';
import type { FileFormat } from './formats.ts';
import { readJsonLines } from './json-lines.ts';
import { readText } from './text.ts';

/**
 * Calls `use` with every line of a file, in their order. Throws a UsageError that names file, line and column if it cannot
 * be read as a whole, or has too many lines.
 */
export async function readFile(
  path: string,
  format: FileFormat,
  provider: Provider,
  options: CsvOptions,
  use: (line: FileLine) => void,
): Promise<void> {
  try {
    const text = readText(createReadStream(path));
    const lines = format === 'csv' ? readCsvLines(text, provider, options) : readJsonLines(text, options);
    let count = 0;
    for await (const line of lines) {
      if (++count > bounds.applyLines) throw tooMany(line);
      use(line);
    }
    if (count === 0) throw new UnreadableFile('has nobody in it.');
  } catch (error) {
    if (error instanceof UnreadableFile) throw new UsageError(inFile(path, error.message));
    const isOfSystem = error instanceof Error && 'syscall' in error;
    if (isOfSystem) throw new UsageError(`${path}: cannot be read (${errorCode(error)})`);
    throw error;
  }
}

function tooMany({ line }: FileLine): UnreadableFile {
  const most = bounds.applyLines.toLocaleString('en');
  return new UnreadableFile(`more than ${most} people in one file; apply it in parts.`, { line, column: 1 });
}

function inFile(path: string, message: string): string {
  return /^line \d/.test(message) ? `${path}, ${message}` : `${path} ${message}`;
}
