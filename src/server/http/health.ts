import type { App } from '../../app.ts';
import { plainText } from './responses.ts';
import type { HttpRoute } from './router.ts';

const PROBE_MS = 3000;

/** `/healthz`: the process responds. `/readyz`: it can do its work. Neither says why not; the log does. */
export function healthRoutes(app: App, isStopping: () => boolean): HttpRoute[] {
  const ready = memoizeForSecond(async () => {
    try {
      const opened = Promise.all([app.store().then((store) => store.head()), app.seal()]);
      await Promise.race([opened, rejectAfter(PROBE_MS)]);
      return true;
    } catch (error) {
      app.log.error({ problem: String(error) }, 'not ready: store or key cannot be opened');
      return false;
    }
  });
  return [
    { prefix: '/healthz', anyHost: true, maxBodyBytes: 0, fetch: () => plainText(200, 'ok\n') },
    {
      prefix: '/readyz',
      anyHost: true,
      maxBodyBytes: 0,
      async fetch() {
        const isReady = !isStopping() && (await ready());
        return isReady ? plainText(200, 'ok\n') : plainText(503, 'not ok\n');
      },
    },
  ];
}

/** One check serves all requests of a second: the route is public, and must not be a way to overload the store. */
function memoizeForSecond<T>(check: () => Promise<T>): () => Promise<T> {
  let latest: { at: number; result: Promise<T> } | undefined;
  return () => {
    if (!latest || Date.now() - latest.at > 1000) latest = { at: Date.now(), result: check() };
    return latest.result;
  };
}

function rejectAfter(ms: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error('took too long')), ms).unref();
  });
}
