import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSync } from '../../src/store/sqlite-sync.ts';

const trips = vi.hoisted(() => ({ begun: 0, gate: undefined as Promise<void> | undefined }));
vi.mock('node:fs/promises', async (load) => {
  const real = await load<typeof import('node:fs/promises')>();
  const open = async (...args: Parameters<typeof real.open>) => {
    const handle = await real.open(...args);
    const datasync = handle.datasync.bind(handle);
    handle.datasync = async () => {
      trips.begun += 1;
      await trips.gate;
      await datasync();
    };
    return handle;
  };
  return { ...real, open };
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sync-'));
  trips.begun = 0;
  trips.gate = undefined;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('takes everybody who waits along on the next trip, and nobody on one that has begun', async () => {
  await writeFile(join(folder, 'x.db-wal'), '');
  const sync = createSync(join(folder, 'x.db'));
  let open = (): void => {};
  trips.gate = new Promise((resolve) => (open = resolve));
  const first = Promise.all([sync.now(), sync.now()]);
  await vi.waitFor(() => expect(trips.begun).toBe(1));
  const second = Promise.all([sync.now(), sync.now(), sync.now()]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(trips.begun).toBe(1);
  open();
  await Promise.all([first, second]);
  expect(trips.begun).toBe(2);
  await sync.close();
});

it('tells who waits that it failed, and tries again for the next', async () => {
  const sync = createSync(join(folder, 'x.db'));
  await expect(sync.now()).rejects.toThrow('ENOENT');
  await writeFile(join(folder, 'x.db-wal'), '');
  await sync.now();
  expect(trips.begun).toBe(1);
  await sync.close();
});
