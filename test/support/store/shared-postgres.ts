import type { TestProject } from 'vitest/node';
import { findOwnServer } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of a PostgreSQL server for all files. */
    postgres?: string;
  }
}

/** Starts one PostgreSQL server for all files of the whole suite, for `findServer`. Returns what ends it. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (process.env['TEST_DATABASE_URL']) return undefined;
  const server = await findOwnServer('the tests of PostgreSQL');
  if (!server) return undefined;
  project.provide('postgres', server.url);
  return () => server.stop();
}
