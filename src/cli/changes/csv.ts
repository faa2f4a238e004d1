import { stringifyJson } from '../../lib/json/json.ts';
import type { ListedChange, RecordedField } from '../../store/log/entry.ts';

/**
 * Changes as CSV (RFC 4180): a header, lines that end with CRLF, and one line for each changed field, since that is what
 * people filter and count by.
 */

type Cell = (change: ListedChange, field: RecordedField | undefined) => unknown;

const COLUMNS: Readonly<Record<string, Cell>> = {
  time_utc: ({ at }) => at,
  outcome: ({ outcome, open }) => (open ? 'open' : outcome),
  caller: ({ body }) => body.caller,
  approved_by: ({ body }) => body.approvedBy,
  declined_by: ({ body }) => body.declinedBy,
  provider: ({ provider }) => provider,
  connection: ({ connection }) => connection,
  user_id: ({ userId }) => userId,
  field: (_, field) => field?.field,
  effect: (_, field) => field?.effect,
  before: (_, field) => field?.before,
  after: (_, field) => field?.after,
  reason: ({ body }) => body.reason,
  code: ({ body }) => body.code,
  detail: ({ body }) => body.detail ?? body.message,
  client: ({ body }) => body.client,
  tool: ({ body }) => body.tool,
  rule: ({ body }) => body.ruleName ?? body.rule,
  undoes: ({ body }) => body.undoes,
  batch_id: ({ body }) => body.batchId,
  change_id: ({ changeId }) => changeId,
};

export function csvHead(): string {
  return toLine(Object.keys(COLUMNS));
}

export function toCsv(change: ListedChange): string {
  const { fields } = change.body;
  const shown = fields.length === 0 ? [undefined] : fields;
  return shown.map((field) => toLine(Object.values(COLUMNS).map((cell) => cell(change, field)))).join('');
}

function toLine(cells: readonly unknown[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

/** A spreadsheet runs a cell that begins like a formula; an apostrophe makes it a text. */
function toCell(value: unknown): string {
  const text = typeof value === 'string' ? value : value === undefined || value === null ? '' : stringifyJson(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
