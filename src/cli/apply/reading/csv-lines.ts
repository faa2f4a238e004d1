import { formatPath } from '../../../lib/json/field-path.ts';
import { isObject, type Json, type JsonObject } from '../../../lib/json/json-value.ts';
import { quoteStart } from '../../../lib/text/quote.ts';
import type { Provider } from '../../../providers/provider.ts';
import { type Column, type ColumnOptions, readColumns } from './columns.ts';
import { type CsvRecord, readCsv } from './csv.ts';
import { UnreadableFile } from './fault.ts';
import { type FileLine, readPerson } from './file-line.ts';

export interface CsvOptions extends ColumnOptions {
  allowSecretInput: boolean;
  /** An empty cell clears its field; else it leaves the field as it is. */
  clearsEmpty: boolean;
}

/** The lines of a CSV file with a header. Throws a UnreadableFile if the file as a whole cannot be read. */
export async function* readCsvLines(
  pieces: AsyncIterable<string>,
  provider: Provider,
  options: CsvOptions,
): AsyncGenerator<FileLine> {
  let columns: Column[] | undefined;
  for await (const record of readCsv(pieces)) {
    if (!columns) {
      columns = readColumns(record.cells, record.line, provider, options);
      continue;
    }
    if (record.cells.length !== columns.length) throw ragged(record, columns);
    yield toLine(record, columns, options);
  }
  if (!columns) throw new UnreadableFile('is empty; expected a header line.', { line: 1, column: 1 });
}

function ragged({ line, cells }: CsvRecord, columns: readonly Column[]): UnreadableFile {
  const [has, expected] = [cells.length, columns.length];
  const problem = `has ${has} ${has === 1 ? 'cell' : 'cells'}, and the header has ${expected}. A cell with a comma in it stands in quotation marks.`;
  return new UnreadableFile(problem, { line, column: 1 });
}

function toLine({ line, cells }: CsvRecord, columns: readonly Column[], options: CsvOptions): FileLine {
  let set: JsonObject = {};
  const clear: string[] = [];
  const faults: string[] = [];
  for (const [nth, column] of columns.entries()) {
    const cell = cells[nth] ?? '';
    if (column.kind !== 'field') continue;
    if (cell === '') {
      if (options.clearsEmpty) clear.push(formatPath(column.path));
      continue;
    }
    const converted = column.convert(cell);
    if ('value' in converted) set = withValue(set, column.path, converted.value);
    else faults.push(`column ${quoteStart(column.name, 64)}: ${converted.expected}`);
  }
  const cellOf = (kind: Column['kind']) => cells[columns.findIndex((column) => column.kind === kind)];
  const person = readPerson({ id: cellOf('id'), email: cellOf('email') }, options);
  return { line, ...person, set, clear, faults: [...person.faults, ...faults] };
}

/** No two columns have the same place, or one inside the other. */
function withValue(object: JsonObject, [key = '', ...rest]: readonly string[], value: Json): JsonObject {
  const held = Object.hasOwn(object, key) ? object[key] : undefined;
  return { ...object, [key]: rest.length === 0 ? value : withValue(isObject(held) ? held : {}, rest, value) };
}
