import type { App } from './app.ts';

/** The lease of an in-doubt entry ends after two minutes; a call that waits for one should not wait much longer. */
const EVERY_MS = 60_000;

/** Runs maintenance in `firstMs` and then once a minute, one run at a time. Returns the function that ends it. */
export function startMaintenance(app: Pick<App, 'maintain'>, firstMs: number, everyMs = EVERY_MS): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const schedule = (ms: number) => {
    if (!isStopped) timer = setTimeout(() => void app.maintain().then(() => schedule(everyMs)), ms).unref();
  };
  schedule(firstMs);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
