import type { App } from '../../app.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { isKeyKnown, unknownKeyMessage } from '../../update/undo/key-check.ts';

/** What an operator should know from the start, although it keeps nobody from being served. Never throws. */
export async function warnOperator({ settings, log, store, seal }: App, host: string): Promise<void> {
  const { http, names } = settings;
  if (!isLoopback(host) && http.publicUrl === undefined && http.allowedHosts.length === 0) {
    log.warn(
      { host },
      'no Host is served but loopback and the bound address: name others in http.publicUrl or http.allowedHosts',
    );
  }
  try {
    if (!(await isKeyKnown(await store(), await seal()))) log.warn({}, unknownKeyMessage(names.key));
  } catch (error) {
    log.warn({ problem: String(error) }, 'whether the key fits the store could not be looked at');
  }
}
