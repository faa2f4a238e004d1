import { afterEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../src/store/sqlite-driver.ts';

afterEach(() => vi.restoreAllMocks());

describe('openDatabase', () => {
  it('takes the built-in driver where there is one, without the warning that it is experimental', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    class DatabaseSync {
      readonly file: string;
      constructor(file: string) {
        this.file = file;
      }
    }
    vi.spyOn(process, 'getBuiltinModule').mockImplementation(() => {
      process.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning');
      process.emitWarning('Something else', 'ExperimentalWarning');
      return { DatabaseSync };
    });
    const db = await openDatabase('file.db');
    expect(db).toBeInstanceOf(DatabaseSync);
    expect(db).toMatchObject({ file: 'file.db' });
    expect(emitWarning.mock.calls).toEqual([['Something else', 'ExperimentalWarning']]);
    // Only while it was loaded.
    process.emitWarning('SQLite', 'ExperimentalWarning');
    expect(emitWarning.mock.calls.at(-1)).toEqual(['SQLite', 'ExperimentalWarning']);
  });

  it.each([
    ['is missing', () => undefined],
    ['needs a flag', () => fail('No such built-in module: node:sqlite')],
  ])('takes libsql where the built-in driver %s', async (_, getBuiltinModule) => {
    vi.spyOn(process, 'getBuiltinModule').mockImplementation(getBuiltinModule);
    const db = await openDatabase(':memory:');
    expect(db.prepare('SELECT ? AS a').get('x')).toMatchObject({ a: 'x', _metadata: {} });
    db.close();
  });
});

function fail(message: string): never {
  throw new Error(message);
}
