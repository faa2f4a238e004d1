import { afterEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../src/store/sqlite/driver.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.doUnmock('@photostructure/sqlite');
});

class DatabaseSync {
  readonly file: string;
  constructor(file: string) {
    this.file = file;
  }
}

describe('openDatabase', () => {
  it('uses the built-in driver where it is new enough, without the warning that it is experimental', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    vi.spyOn(process, 'getBuiltinModule').mockImplementation(() => {
      process.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning');
      process.emitWarning('Something else', 'ExperimentalWarning');
      return { DatabaseSync };
    });
    const db = await openDatabase('file.db', '3.51.3');
    expect(db).toBeInstanceOf(DatabaseSync);
    expect(db).toMatchObject({ file: 'file.db' });
    expect(emitWarning.mock.calls).toEqual([['Something else', 'ExperimentalWarning']]);
    // Only while it was loaded.
    process.emitWarning('SQLite', 'ExperimentalWarning');
    expect(emitWarning.mock.calls.at(-1)).toEqual(['SQLite', 'ExperimentalWarning']);
  });

  it.each(['3.51.2', '3.46.1', '2.99.99', ''])(
    'writes no WAL with a built-in SQLite of version "%s"',
    async (version) => {
      const getBuiltinModule = vi.spyOn(process, 'getBuiltinModule');
      const db = await openDatabase(':memory:', version);
      const found = Object(db.prepare('SELECT sqlite_version() AS version').get()) as { version: string };
      db.close();
      const [major = 0, minor = 0, patch = 0] = found.version.split('.').map(Number);
      expect(major * 1_000_000 + minor * 1000 + patch).toBeGreaterThanOrEqual(3_051_003);
      expect(getBuiltinModule).not.toHaveBeenCalledWith('node:sqlite');
    },
  );

  it('says what to do where there is neither', async () => {
    vi.doMock('@photostructure/sqlite', () => {
      throw new Error('no prebuilt binary');
    });
    await expect(openDatabase(':memory:', '3.40.0')).rejects.toThrow(/Use a newer Node, or set UPDATE_USER_STORE/);
  });
});
