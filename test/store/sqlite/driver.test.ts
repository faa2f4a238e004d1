import { describe, expect, it, onTestFinished } from 'vitest';
import { hasDriver, openDatabase, type SqliteDrivers } from '../../../src/store/sqlite/driver.ts';

class DatabaseSync {
  readonly file: string;
  constructor(file: string) {
    this.file = file;
  }
}

const loadPackage = () => import('@photostructure/sqlite');

function mustNotLoad(): never {
  throw new Error('loaded a driver that it should not use');
}

/** Collects what Node would print as a warning, until the test ends. */
function collectWarnings(): unknown[][] {
  const warnings: unknown[][] = [];
  const original = Object.getOwnPropertyDescriptor(process, 'emitWarning') ?? {};
  process.emitWarning = (...args: unknown[]) => void warnings.push(args);
  onTestFinished(() => void Object.defineProperty(process, 'emitWarning', original));
  return warnings;
}

describe('openDatabase', () => {
  it('uses the built-in driver where it is new enough, without the warning that it is experimental', async () => {
    const warnings = collectWarnings();
    const loadBuiltIn: SqliteDrivers['loadBuiltIn'] = () => {
      process.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning');
      process.emitWarning('Something else', 'ExperimentalWarning');
      return { DatabaseSync };
    };
    const db = await openDatabase('file.db', { builtInVersion: '3.51.3', loadBuiltIn, loadPackage: mustNotLoad });
    expect(db).toBeInstanceOf(DatabaseSync);
    expect(db).toMatchObject({ file: 'file.db' });
    expect(warnings).toEqual([['Something else', 'ExperimentalWarning']]);
    // Only while it was loaded.
    process.emitWarning('SQLite', 'ExperimentalWarning');
    expect(warnings.at(-1)).toEqual(['SQLite', 'ExperimentalWarning']);
  });

  it.each(['3.51.2', '3.46.1', '2.99.99', '', undefined])(
    'writes no WAL with a built-in SQLite of version "%s"',
    async (builtInVersion) => {
      const db = await openDatabase(':memory:', { builtInVersion, loadBuiltIn: mustNotLoad, loadPackage });
      const found = Object(db.prepare('SELECT sqlite_version() AS version').get()) as { version: string };
      db.close();
      const [major = 0, minor = 0, patch = 0] = found.version.split('.').map(Number);
      expect(major * 1_000_000 + minor * 1000 + patch).toBeGreaterThanOrEqual(3_051_003);
    },
  );

  it.each([
    [
      'is not installed',
      'ERR_MODULE_NOT_FOUND',
      /Node 22 or later, run "npm i @photostructure\/sqlite@1" .*, or set UPDATE_USER_STORE/,
    ],
    ['cannot be loaded', 'ERR_DLOPEN_FAILED', /Node 22 or later, or set UPDATE_USER_STORE/],
  ])('says what to do where the package %s', async (state, code, ways) => {
    const drivers: SqliteDrivers = {
      builtInVersion: undefined,
      loadBuiltIn: mustNotLoad,
      loadPackage: async () => {
        throw Object.assign(new Error('no'), { code });
      },
    };
    const problem = await openDatabase(':memory:', drivers).catch((error: Error) => error.message);
    expect(problem).toContain(
      `Node ${process.version} has none, and the package @photostructure/sqlite, which has it, ${state}`,
    );
    expect(problem).toMatch(ways);
    expect(await hasDriver(drivers)).toBe(false);
  });
});
