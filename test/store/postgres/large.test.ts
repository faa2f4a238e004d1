import { afterAll, describe, expect, it } from 'vitest';
import { createPostgresDialect, toTableNames } from '../../../src/store/postgres/dialect.ts';
import type { Statement } from '../../../src/store/sql/dialect.ts';
import { listChanges } from '../../../src/store/sql/list.ts';
import { entryColumns, toEntryValues } from '../../../src/store/sql/rows.ts';
import type { ChangeFilter } from '../../../src/store/store.ts';
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
      await sql`INSERT INTO entry_keys SELECT k, seq FROM entries, json_array_elements_text(body::json->'emailKeys') k
        WHERE kind = 'closed'`;
      await sql`UPDATE head SET (seq, hash) = (SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1)`;
    },
    (place) =>
      it('is listed by statements that PostgreSQL does not compile first', async () => {
        const { schema, sql } = place();
        await sql`ANALYZE`;
        const dialect = createPostgresDialect(toTableNames(schema));
        const filters: Partial<ChangeFilter>[] = [{}, { outcome: 'updated' }, { provider: ['acme', 'rare'] }];
        for (const filter of filters) {
          const { value } = listChanges(dialect, { limit: 1001, ...filter }).next();
          const { text, values } = value as Statement;
          const rows = await sql.unsafe(`EXPLAIN ${text}`, [...values] as (string | number)[]);
          const [first = ''] = rows.map((row) => String(Object.values(row)[0]));
          // The default of jit_above_cost.
          expect(Number(/cost=[\d.]+\.\.([\d.]+)/.exec(first)?.[1]), first).toBeLessThan(100_000);
        }
      }),
  );
});
