import { isUnreachable } from '../../app/storage.ts';
import type { App } from '../../app.ts';
import { AppError, UsageError } from '../../errors.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { isKeyKnown, unknownKeyMessage } from '../../update/undo/key-check.ts';

/** Throws a UsageError if every caller would be anonymous and other machines could call. */
export function requireAuthBeyondLoopback({ http }: App['settings'], host: string): void {
  if (http.auth || isLoopback(host)) return;
  throw new UsageError(
    `--host ${host}: without http.auth in the configuration only loopback is served; configure tokens or OAuth, or use 127.0.0.1`,
  );
}

/**
 * Opens store and key. Every call would fail without them, so failures are configuration errors, except that a database
 * could not be reached.
 */
export async function openStorage({ settings, store, seal, shutdown }: App): Promise<void> {
  const open = (part: () => Promise<unknown>, name: string) =>
    part().catch((error: unknown) => {
      if (isUnreachable(error)) throw error;
      const setting = error instanceof AppError ? error.facts.setting : undefined;
      throw new UsageError(`${setting ?? name}: ${error instanceof Error ? error.message : 'cannot be opened'}`);
    });
  try {
    await open(store, settings.names.store);
    await open(seal, settings.names.key);
  } catch (error) {
    await shutdown();
    throw error;
  }
}

/** Warns of settings that are probably wrong but do not stop the server. Never throws. */
export async function logStartupWarnings({ settings, log, store, seal }: App, host: string): Promise<void> {
  const { http, names } = settings;
  if (!isLoopback(host) && http.publicUrl === undefined && http.allowedHosts.length === 0) {
    log.warn(
      { host },
      'only loopback and the bound address are served as Host: name others in http.publicUrl or http.allowedHosts',
    );
  }
  try {
    if (!(await isKeyKnown(await store(), await seal()))) log.warn({}, unknownKeyMessage(names.key));
  } catch (error) {
    log.warn({ problem: String(error) }, 'could not check whether the key fits the store');
  }
}
