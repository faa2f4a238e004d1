import type { App } from '../../app.ts';
import { plain } from './responses.ts';
import type { Route } from './router.ts';

const PROBE_MS = 3000;

/** `/healthz` says that the process answers, `/readyz` that it can do its work. Neither says why not: the log does. */
export function healthRoutes(app: App, isStopping: () => boolean): Route[] {
  const ready = shared(async () => {
    try {
      const opened = Promise.all([app.store().then((store) => store.head()), app.seal()]);
      await Promise.race([opened, expiry(PROBE_MS)]);
      return true;
    } catch (error) {
      app.log.error({ problem: String(error) }, 'not ready: store or key cannot be opened');
      return false;
    }
  });
  return [
    { prefix: '/healthz', anyHost: true, maxBodyBytes: 0, fetch: () => plain(200, 'ok\n') },
    {
      prefix: '/readyz',
      anyHost: true,
      maxBodyBytes: 0,
      async fetch() {
        const isReady = !isStopping() && (await ready());
        return isReady ? plain(200, 'ok\n') : plain(503, 'not ok\n');
      },
    },
  ];
}

/** One look serves everybody who asks within a second: the route is open, and must not become a lever on the store. */
function shared<T>(look: () => Promise<T>): () => Promise<T> {
  let latest: { at: number; result: Promise<T> } | undefined;
  return () => {
    if (!latest || Date.now() - latest.at > 1000) latest = { at: Date.now(), result: look() };
    return latest.result;
  };
}

function expiry(ms: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error('took too long')), ms).unref();
  });
}
