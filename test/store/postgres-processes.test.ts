import { afterAll, describe } from 'vitest';
import { testProcesses } from './contract-processes.ts';
import { findServer, makePostgresPlace } from './place-postgres.ts';

const server = await findServer('the tests of several processes with PostgreSQL');
afterAll(() => server?.stop());

describe.skipIf(!server)('with PostgreSQL', () => {
  testProcesses('postgres', () => makePostgresPlace(server?.url ?? ''));
});
