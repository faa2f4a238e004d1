import { type App, createApp } from '../app.ts';
import { readSettings } from '../config/load.ts';
import { UsageError } from '../errors.ts';
import type { Approvals } from '../store/approvals.ts';

/**
 * Opens the store that other processes share, runs `use`, and closes it. Throws a UsageError for a store in memory, which
 * no other process shares.
 */
export async function withApprovals<T>(
  config: string | undefined,
  use: (approvals: Approvals, app: App) => Promise<T>,
): Promise<T> {
  const app = createApp(await readSettings(process.env, config));
  try {
    const { settings, store } = app;
    if (settings.store.kind === 'memory') {
      throw new UsageError(
        `${settings.names.store}: memory is not shared with other processes; approvals need a file or PostgreSQL`,
      );
    }
    return await use((await store()).approvals, app);
  } finally {
    await app.shutdown();
  }
}
