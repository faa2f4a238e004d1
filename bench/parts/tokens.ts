import { encode } from 'gpt-tokenizer';
import { start } from '../client.ts';
import type { Row } from '../statistics.ts';
import type { Subject } from '../subjects/servers.ts';
import { FLOOR } from '../subjects/servers.ts';

const TOKENS = 'tokens of the tool list (o200k)';

/** The token cost of having the server connected: the listed tools as JSON. */
export async function measureTokens(subjects: readonly Subject[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const subject of subjects) {
    if (subject.bare) continue;
    const running = await start(subject.command);
    const value = encode(JSON.stringify(running.tools)).length;
    rows.push({ topic: TOKENS, what: subject.name, value, unit: '', note: `${running.tools.length} tools` });
    await running.stop();
  }
  const floor = rows.find(({ what }) => what === FLOOR)?.value;
  return rows.map((row) =>
    row.what === FLOOR || floor === undefined || row.value === undefined
      ? row
      : { ...row, ratio: row.value / floor, baseline: FLOOR },
  );
}
