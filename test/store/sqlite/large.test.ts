import { entryColumns, toEntryValues } from '../../../src/store/sql/rows.ts';
import { openDatabase } from '../../../src/store/sqlite/driver.ts';
import { createSqlitePlace } from '../../support/store/sqlite.ts';
import { testLarge } from '../contract/large.ts';

testLarge('sqlite', createSqlitePlace, async ({ file }, rows) => {
  const db = await openDatabase(file);
  db.exec('BEGIN IMMEDIATE');
  const append = db.prepare(`INSERT INTO entries (${entryColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  for (const row of rows) append.run(...toEntryValues(row));
  db.exec('UPDATE head SET (seq, hash) = (SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1)');
  db.exec(
    `INSERT INTO entry_keys SELECT k.value, e.seq FROM entries e, json_each(e.body, '$.emailKeys') k WHERE e.kind = 'closed'`,
  );
  db.exec('COMMIT');
  db.close();
});
