import type { App } from '../../app.ts';
import { UsageError } from '../../errors.ts';
import { type LogVerdict, verifyLog } from '../../store/log/verify.ts';
import type { Mac } from '../../store/mac.ts';
import type { Store } from '../../store/store.ts';
import { print } from '../output.ts';

/** `changes verify`: 0 if the audit log is as this server wrote it, and contains the head that was noted elsewhere. */
export async function verifyChain(app: App, options: { json?: boolean; head?: string }): Promise<number> {
  const noted = options.head?.trim().toLowerCase();
  if (noted !== undefined && !/^[0-9a-f]{64}$/.test(noted)) {
    throw new UsageError('--head: expected the hash of a head, 64 hex digits, as `changes verify` prints it');
  }
  const store = await app.store();
  const verdict = await verifyWithProgress(store, (await app.seal()).mac, noted).catch((error: unknown): LogVerdict => {
    return { ok: false, problem: error instanceof Error ? error.message : 'The audit log cannot be read.' };
  });
  if (options.json) print(JSON.stringify(verdict));
  else print(toText(verdict, noted));
  return verdict.ok ? 0 : 1;
}

function toText(verdict: LogVerdict, noted: string | undefined): string {
  if (!verdict.ok && verdict.rows !== undefined) {
    return `The chain is intact: ${verdict.rows} entries. Its end cannot be checked: ${verdict.problem}`;
  }
  if (!verdict.ok) {
    return `The chain is broken${verdict.seq === undefined ? '' : ` at entry ${verdict.seq}`}: ${verdict.problem}`;
  }
  return [
    `The chain is intact: ${verdict.rows} entries.`,
    ...(noted === undefined ? [] : ['It contains the head that was noted.']),
    ...(verdict.note === undefined ? [] : [verdict.note]),
    `Head: ${verdict.head}`,
  ].join('\n');
}

async function verifyWithProgress(store: Store, mac: Mac, noted: string | undefined): Promise<LogVerdict> {
  const { seq } = await store.head();
  const { isTTY } = process.stderr;
  const onProgress = (rows: number) => {
    if (isTTY && rows % 5000 === 0) process.stderr.write(`\r${rows} of ${seq} entries …`);
  };
  try {
    return await verifyLog(store, mac, { onProgress, ...(noted !== undefined && { noted }) });
  } finally {
    if (isTTY) process.stderr.write('\r\x1b[K');
  }
}
