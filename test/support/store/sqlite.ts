import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqliteStoreOptions } from '../../../src/store/sqlite/open.ts';
import { openSqliteStore } from '../../../src/store/sqlite/store.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Place } from './place.ts';
import type { Where } from './writer.ts';

export interface SqlitePlace extends Place {
  folder: string;
  file: string;
  where: Where;
  open(processId: string, options?: SqliteStoreOptions): Promise<Store>;
}

/** A folder of its own for SQLite stores, all on one file. */
export async function createSqlitePlace(): Promise<SqlitePlace> {
  const folder = await mkdtemp(join(tmpdir(), 'store-'));
  const file = join(folder, 'state', 'changes.db');
  const stores: Store[] = [];
  return {
    folder,
    file,
    where: { file },
    async open(processId, options) {
      const store = await openSqliteStore(file, processId, options);
      stores.push(store);
      return store;
    },
    async remove() {
      await Promise.all(stores.map((store) => store.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
