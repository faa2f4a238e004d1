import { describe } from 'vitest';
import { testStore } from './contract.ts';
import { findServer, makePostgresPlace } from './place-postgres.ts';
import { afterAll } from 'vitest';

const server = await findServer('the tests of the PostgreSQL store');
afterAll(() => server?.stop());
const url = server?.url ?? '';

describe.skipIf(!server)('with PostgreSQL', () => {
  testStore('postgres', () => makePostgresPlace(url));
});
