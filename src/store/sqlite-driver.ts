/** What we use of a SQLite driver: `node:sqlite` and `libsql` both have it. Every call is synchronous. */
export interface SqliteDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

export interface SqliteStatement {
  run(...values: SqliteValue[]): unknown;
  /** A row, with a `_metadata` of its own where libsql made it; undefined when there is none. */
  get(...values: SqliteValue[]): unknown;
  all(...values: SqliteValue[]): unknown[];
}

export type SqliteValue = string | number | null | Uint8Array;

/**
 * Opens a database file with the driver that is there: the built-in `node:sqlite` where Node has it without a flag
 * (22.13 and later), else `libsql`. Throws what the driver throws; see `toStoreError`.
 */
export async function openDatabase(file: string): Promise<SqliteDatabase> {
  const Database = builtIn() ?? (await bundled());
  return new Database(file);
}

type DatabaseClass = new (file: string) => SqliteDatabase;

function builtIn(): DatabaseClass | undefined {
  const module = withoutSqliteWarning(() => {
    try {
      return process.getBuiltinModule?.('node:sqlite');
    } catch {
      return undefined;
    }
  });
  return findClass(module, 'DatabaseSync');
}

async function bundled(): Promise<DatabaseClass> {
  // Only now: it is native code, of no use to a process that keeps its store elsewhere.
  const module: unknown = await import('libsql');
  const Database = findClass(module, 'default');
  if (!Database) throw new Error('The module libsql has no database class: another version than the one expected?');
  return Database;
}

/** A CommonJS module, imported and perhaps bundled, may hide what it exports under one or two `default`s. */
function findClass(module: unknown, name: string): DatabaseClass | undefined {
  let found = module;
  for (let depth = 0; depth < 3 && typeof found === 'object' && found !== null; depth += 1) {
    const exports: Record<string, unknown> = { ...found };
    found = exports[name] ?? exports['default'];
  }
  // The drivers are bound to the structure above here, and only here.
  return typeof found === 'function' ? (found as DatabaseClass) : undefined;
}

/** Node writes "SQLite is an experimental feature" to stderr, which clients of a stdio server show to people. */
function withoutSqliteWarning<T>(load: () => T): T {
  // Put back as it was, and called with `process` as its `this`.
  // oxlint-disable-next-line typescript/unbound-method
  const original = process.emitWarning;
  const quiet = (...args: unknown[]): void => {
    const isOurs = String(args[0]).includes('SQLite') && args[1] === 'ExperimentalWarning';
    if (!isOurs) Reflect.apply(original, process, args);
  };
  process.emitWarning = quiet;
  try {
    return load();
  } finally {
    process.emitWarning = original;
  }
}
