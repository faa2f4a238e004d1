import { afterAll, describe } from 'vitest';
import { createPostgresPlace, findServer } from '../../support/store/postgres.ts';
import { testProcesses } from '../contract/processes.ts';

const server = await findServer('the tests of several processes with PostgreSQL');
afterAll(() => server?.stop());

describe.skipIf(!server)('with PostgreSQL', () => {
  testProcesses('postgres', () => createPostgresPlace(server?.url ?? ''));
});
