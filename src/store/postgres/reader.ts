import type { Row, Value } from '../sql/dialect.ts';
import { type Connector, type Link, withRetries } from './connection.ts';
import { isPassing } from './errors.ts';

/** Runs statements that change nothing, and so may be repeated, on a few connections. */
export interface Reader {
  query(text: string, values?: readonly Value[]): Promise<Row[]>;
  /** Resolves when all reads have ended and the connections are closed. */
  stop(): Promise<void>;
}

export function createReader(connector: Connector, mayRetry: (ms: number) => boolean): Reader {
  const running = new Set<Promise<unknown>>();
  let link: Link | undefined;

  async function attempt(text: string, values?: readonly Value[]): Promise<Row[]> {
    link ??= connector.several();
    const used = link;
    try {
      return await used.query(text, values);
    } catch (error) {
      // If one connection broke, the others did or will: statements that wait on them fail now.
      if (isPassing(error)) {
        if (link === used) link = undefined;
        void used.end();
      }
      throw error;
    }
  }

  return {
    async query(text, values) {
      const reading = withRetries(mayRetry, () => attempt(text, values));
      running.add(reading);
      return reading.finally(() => running.delete(reading));
    },
    async stop() {
      await Promise.allSettled(running);
      await link?.end();
    },
  };
}
