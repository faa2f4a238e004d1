import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { lazy } from '../../lib/async/lazy.ts';
import type { Row, Value } from '../sql/dialect.ts';
import { connectionLost, isPassing } from './errors.ts';

/** One connection, or a small pool in which a statement may use any. A lost connection stays lost: make another. */
export interface Link {
  query(text: string, values?: readonly Value[]): Promise<Row[]>;
  /** Runs several statements at once, without values. Returns the rows of the last one that has any. */
  script(text: string): Promise<Row[]>;
  isLost(): boolean;
  /** Closes immediately; running statements fail. */
  end(): Promise<void>;
}

export interface Connector {
  /** Where the database is, for messages: without user, password and parameters. */
  place: string;
  /** A single connection, fit for transactions: when it breaks, no later statement runs, least of all on another one. */
  single(): Link;
  /** A few connections for statements that need no transaction. */
  several(): Link;
}

/** How long the response to one statement may take, in ms; longer than the server's own limit. */
const answerMs = 15_000;
/** The same for the first statement of a link, which also has to connect. */
const connectMs = 5000;

/**
 * Loads the driver. Does not connect yet. Throws an error with a readable message if the URL is invalid; no error
 * contains the URL. `applicationName` is what the server lists the connections under.
 */
export async function createConnector(url: string, applicationName: string): Promise<Connector> {
  const { default: postgres } = await import('postgres');
  const place = describePlace(url);
  const connect = (max: number, onclose: () => void): Sql => {
    try {
      return postgres(url, {
        max,
        // We replace lost connections, since the driver would run the next statement of a transaction on another one.
        ...(max === 1 ? { idle_timeout: 0, max_lifetime: null } : { idle_timeout: 60 }),
        connect_timeout: connectMs / 1000,
        // We wait between tries ourselves.
        backoff: () => 0.05,
        fetch_types: false,
        connection: { application_name: applicationName },
        // Otherwise the driver prints notices to stdout, where a stdio server speaks JSON-RPC.
        onnotice: () => {},
        onclose,
      });
    } catch {
      // Not set as the cause: an error about a URL contains the URL.
      throw notAUrl();
    }
  };
  return {
    place,
    single() {
      const loss = new AbortController();
      return createLink(
        connect(1, () => loss.abort()),
        loss.signal,
      );
    },
    several: () => createLink(connect(4, () => {})),
  };
}

/** `loss` is aborted when the one connection is gone: nothing may be sent after that. */
function createLink(sql: Sql, loss?: AbortSignal): Link {
  let isEnded = false;
  // If a peer accepts connections and closes them at once, the driver would retry forever.
  const greet = lazy(() => send(connectMs, 'SELECT 1'));

  function send(ms: number, text: string, values?: readonly Value[]): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(connectionLost('The connection was closed.'));
      if (isEnded || loss?.aborted) return fail();
      const timer = setTimeout(() => reject(connectionLost('The database does not answer.')), ms);
      // The driver never resolves a statement that is sent at the moment its connection breaks.
      loss?.addEventListener('abort', fail);
      const done = (): void => {
        clearTimeout(timer);
        loss?.removeEventListener('abort', fail);
      };
      sql
        .unsafe(text, values && [...values], { prepare: values !== undefined })
        .then(resolve, reject)
        .finally(done);
    });
  }

  async function run(text: string, values?: readonly Value[]): Promise<unknown[]> {
    await greet();
    return send(answerMs, text, values);
  }

  return {
    // Bound to the column names by the statement.
    query: async (text, values = []) => (await run(text, values)) as Row[],
    async script(text) {
      const answer = await run(text);
      return ('command' in answer ? answer : answer.at(-1)) as Row[];
    },
    isLost: () => loss?.aborted === true,
    async end() {
      isEnded = true;
      await sql.end({ timeout: 0 }).catch(() => {});
    },
  };
}

function describePlace(url: string): string {
  const address = url.split('://')[1] ?? '';
  const authority = address.split(/[/?#]/)[0] ?? '';
  // An unescaped / ? or # in the password: what comes before it would be taken for the host.
  if (address.slice(authority.length).includes('@')) throw notAUrl();
  const hosts = authority.slice(authority.lastIndexOf('@') + 1) || 'localhost';
  return `postgres://${hosts}${address.slice(authority.length).split(/[?#]/)[0]}`;
}

function notAUrl(): Error {
  return new Error(
    'The store has no valid URL. It looks like postgres://user:password@host:5432/database; ' +
      'in user and password, characters such as / @ : # ? % are written as %2F %40 %3A %23 %3F %25.',
  );
}

/**
 * Runs `work` until it succeeds or fails permanently. Retries at least once, since a first failure may only mean that
 * an idle connection broke, then as long as `mayRetry` allows. `work` must be safe to repeat.
 */
export async function withRetries<T>(mayRetry: (elapsedMs: number) => boolean, work: () => Promise<T>): Promise<T> {
  const since = Date.now();
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || (tries > 1 && !mayRetry(Date.now() - since))) throw error;
    }
    // Random, so that instances that lost the database together do not reconnect together.
    await sleep(Math.min(25 * 2 ** tries, 1000) * (0.5 + Math.random()));
  }
}
