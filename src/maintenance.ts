import type { App } from './app.ts';

/** An intent of a process elsewhere counts as alive for two minutes; whoever is in its way should not wait much longer. */
const EVERY_MS = 60_000;

/** Tidies up `firstMs` from now and then once a minute, never twice at a time, until what it answers is called. */
export function runMaintenance(app: Pick<App, 'maintain' | 'serves'>, firstMs: number, everyMs = EVERY_MS): () => void {
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  app.serves = true;
  const tidyIn = (ms: number) => {
    if (!over) timer = setTimeout(() => void app.maintain().then(() => tidyIn(everyMs)), ms).unref();
  };
  tidyIn(firstMs);
  return () => {
    over = true;
    clearTimeout(timer);
  };
}
