import { errorCode } from '../../lib/error-code.ts';
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

/** Before this version, two processes that write one WAL file can corrupt it (https://sqlite.org/wal.html#walresetbug). */
const NEEDED = [3, 51, 3];

/** Not bundled: it is native code of 29 MB, and the newest release of each Node from 22 on needs none. */
const PACKAGE = '@photostructure/sqlite';

/**
 * Opens a database file with the built-in `node:sqlite` if its SQLite is new enough, else with the package of the same
 * interface, if that is installed. Throws the driver's errors; see `toStoreError`.
 */
export async function openDatabase(file: string, drivers: SqliteDrivers = DRIVERS): Promise<SqliteDatabase> {
  const Database = await loadDriver(drivers);
  return new Database(file);
}

/** Whether a store can be kept in a file here. */
export async function hasDriver(drivers: SqliteDrivers = DRIVERS): Promise<boolean> {
  return await loadDriver(drivers).then(
    () => true,
    () => false,
  );
}

async function loadDriver(drivers: SqliteDrivers): Promise<DatabaseClass> {
  return isNewEnough(drivers.builtInVersion) ? builtIn(drivers) : await packaged(drivers);
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
  return toNumber(version.split('.').map(Number)) >= toNumber(NEEDED);
}

function toNumber([major = 0, minor = 0, patch = 0]: readonly number[]): number {
  return major * 1_000_000 + minor * 1000 + patch;
}

function builtIn({ loadBuiltIn }: SqliteDrivers): DatabaseClass {
  return withoutSqliteWarning(() => classOf(loadBuiltIn()));
}

async function packaged(drivers: SqliteDrivers): Promise<DatabaseClass> {
  try {
    return classOf(await drivers.loadPackage());
  } catch (cause) {
    throw new Error(problemOf(drivers, cause), { cause });
  }
}

/** What is missing, and each way out. Version 1 of the package is the one that runs on Node 20 as well. */
function problemOf({ builtInVersion }: SqliteDrivers, cause: unknown): string {
  const has = builtInVersion ? `has ${builtInVersion}` : 'has none';
  const isMissing = errorCode(cause) === 'ERR_MODULE_NOT_FOUND';
  const [state, install] = isMissing
    ? ['is not installed', `run "npm i ${PACKAGE}@1" in the folder where update-user-mcp is installed, `]
    : ['cannot be loaded on this system', ''];
  return (
    `A store in a file needs SQLite ${NEEDED.join('.')} or later: Node ${process.version} ${has}, and the package ` +
    `${PACKAGE}, which has it, ${state}. Use a current release of Node 22 or later, ${install}or set ` +
    'UPDATE_USER_STORE to memory (forgotten when the program ends) or to a postgres:// URL.'
  );
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
