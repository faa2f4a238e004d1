/**
 * Shared by SQLite and PostgreSQL: statements written once, with `$1`, `$2` … for their parameters, and the logic
 * between statements. Each dialect defines how its columns are read and how a statement is run.
 */
export interface Dialect {
  /** The tables, qualified if the dialect needs it. */
  tables: Readonly<Record<Table, string>>;
  /** Selects a text column of the table alias `of`, under its own name. */
  selectText(of: string, column: string): string;
  selectBytes(of: string, column: string): string;
  /** A selected text or bytes value. Altered values are read as they are, never rejected. */
  toText(value: unknown): string;
  toBytes(value: unknown): Uint8Array;
  /** Prevents a planner without statistics on common values from choosing the index of this column. */
  unindexed(column: string): string;
  /** The statements that write an approval back, run one after the other with the same values. */
  updateApproval: readonly string[];
  list: ListDialect;
}

/** The planners differ so much that the list of changes needs different SQL. */
export interface ListDialect {
  /** Whether the entry `e` is the last one of its change. */
  isLast: string;
  /** A column, written so that no index on it is used: there is one that reads less, or that gives the right order. */
  withoutIndex(column: string): string;
  /**
   * Whether the index of users leads to their entries in order only where provider and connection are known as well, so
   * that a user id alone has to be looked up first.
   */
  ordersByRecord: boolean;
  /** Whether a text column contains the text of a parameter such as `$1`. */
  contains(column: string, parameter: string): string;
}

export type Table =
  | 'entries'
  | 'head'
  | 'open_intents'
  | 'spent'
  | 'images'
  | 'approvals'
  | 'approvers'
  | 'guesses'
  | 'notice_targets'
  | 'expiries'
  | 'entry_keys'
  | 'activity'
  | 'sealed_batches'
  | 'batch_parts';

export type Row = Readonly<Record<string, unknown>>;
export type Value = string | number | null | Uint8Array;

export interface Statement {
  text: string;
  values: readonly Value[];
}

/**
 * Logic between statements: it yields a statement and receives its rows. SQLite runs it within one tick of the event
 * loop, since a transaction that others could interrupt would expose uncommitted data; PostgreSQL awaits each response.
 */
export type Procedure<T> = Generator<Statement, T, Row[]>;

export function* query(text: string, values: readonly Value[] = []): Procedure<Row[]> {
  return yield { text, values };
}

export function runNow<T>(procedure: Procedure<T>, run: (statement: Statement) => Row[]): T {
  let step = procedure.next();
  while (!step.done) step = procedure.next(run(step.value));
  return step.value;
}

export async function runAwaiting<T>(
  procedure: Procedure<T>,
  run: (text: string, values: readonly Value[]) => Promise<Row[]>,
): Promise<T> {
  let step = procedure.next();
  while (!step.done) step = procedure.next(await run(step.value.text, step.value.values));
  return step.value;
}
