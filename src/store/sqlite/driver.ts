import type { Value } from '../sql/dialect.ts';

/**
 * The part of a SQLite driver that we use: both the built-in `node:sqlite` and the package that replaces it have it.
 */
export interface SqliteDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  /** Defines a function that statements may call. */
  function(name: string, run: (...values: unknown[]) => Value): void;
  close(): void;
}

/** Every call is synchronous. */
export interface SqliteStatement {
  run(...values: Value[]): unknown;
  /** A row; undefined when there is none. */
  get(...values: Value[]): unknown;
  all(...values: Value[]): unknown[];
}

/**
 * Opens a database file with the built-in `node:sqlite` if its SQLite is new enough, else with the package of the same
 * interface. "New enough" is 3.51.3: before it, two processes that write one WAL file can corrupt it
 * (https://sqlite.org/wal.html#walresetbug). Throws the driver's errors; see `toStoreError`.
 */
export async function openDatabase(file: string, drivers: SqliteDrivers = DRIVERS): Promise<SqliteDatabase> {
  const Database = isNewEnough(drivers.builtInVersion) ? builtIn(drivers) : await packaged(drivers);
  return new Database(file);
}

/** Where the drivers come from. Each loader returns a module with a `DatabaseSync`, or throws. */
export interface SqliteDrivers {
  /** The SQLite inside Node; undefined where it has none. */
  builtInVersion: string | undefined;
  loadBuiltIn(): object | undefined;
  loadPackage(): Promise<object>;
}

const DRIVERS: SqliteDrivers = {
  builtInVersion: process.versions['sqlite'],
  loadBuiltIn: () => process.getBuiltinModule('node:sqlite'),
  // Imported only when needed: it is native code, useless to a process that keeps its store elsewhere.
  loadPackage: () => import('@photostructure/sqlite'),
};

type DatabaseClass = new (file: string) => SqliteDatabase;

function isNewEnough(version = '0'): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return major * 1_000_000 + minor * 1000 + patch >= 3_051_003;
}

function builtIn({ loadBuiltIn }: SqliteDrivers): DatabaseClass {
  return withoutSqliteWarning(() => classOf(loadBuiltIn()));
}

async function packaged({ loadPackage }: SqliteDrivers): Promise<DatabaseClass> {
  try {
    return classOf(await loadPackage());
  } catch (cause) {
    const problem =
      `A store in a file needs SQLite 3.51.3 or later, which Node ${process.version} does not have, and the package ` +
      '@photostructure/sqlite, which has it, cannot be loaded on this system. Use a newer Node, or set ' +
      'UPDATE_USER_STORE to a postgres:// URL, or to memory.';
    throw new Error(problem, { cause });
  }
}

/** The only place where the drivers are bound to the interfaces above. */
function classOf(module: object | undefined): DatabaseClass {
  const { DatabaseSync } = module as { DatabaseSync: DatabaseClass };
  return DatabaseSync;
}

/** Node writes "SQLite is an experimental feature" to stderr, which clients of a stdio server show to people. */
function withoutSqliteWarning<T>(load: () => T): T {
  // Restored below, and called with `process` as its `this`.
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
