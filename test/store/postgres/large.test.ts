import { afterAll, describe } from 'vitest';
import { entryColumns, toEntryValues } from '../../../src/store/sql/rows.ts';
import { createPostgresPlace, findServer } from '../../support/store/postgres.ts';
import { testLarge } from '../contract/large.ts';

const server = await findServer('the tests of a long log in PostgreSQL');
afterAll(() => server?.stop());

describe.skipIf(!server)('with PostgreSQL', () => {
  testLarge(
    'postgres',
    () => createPostgresPlace(server?.url ?? ''),
    async ({ sql }, rows) => {
      let waiting: unknown[][] = [];
      const flush = async (): Promise<void> => {
        const json = JSON.stringify(waiting);
        waiting = [];
        await sql.unsafe(
          `INSERT INTO entries (${entryColumns}) SELECT (v->>0)::bigint, ${Array.from({ length: 11 }, (_, i) => `v->>${i + 1}`)}
           FROM json_array_elements($1::text::json) v`,
          [json],
        );
      };
      for (const row of rows) if (waiting.push(toEntryValues(row)) === 5000) await flush();
      await flush();
      await sql`UPDATE head SET (seq, hash) = (SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1)`;
    },
  );
});
