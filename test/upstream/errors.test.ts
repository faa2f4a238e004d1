import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { startDeadline } from '../../src/lib/async/deadline.ts';
import type { Log, LogFacts } from '../../src/lib/log.ts';
import { nextAfter } from '../../src/update/results/next-steps.ts';
import { createRecords } from '../../src/upstream/records.ts';
import { connectionTo, json, startOrigin } from '../support/vendors/origin.ts';

const limits = { requestMs: 5000, responseBytes: 1000, attempts: 1, concurrentWrites: 1 };

function recordingLog() {
  const lines: { facts: LogFacts; message: string }[] = [];
  const write = (facts: LogFacts, message: string) => void lines.push({ facts, message });
  const log: Log = { debug: write, info: write, warn: write, error: write };
  return { log, lines };
}

async function failureAt(url: string, log?: Log): Promise<AppError> {
  const within = startDeadline(5000, undefined, { change: 'change-1' });
  const error: unknown = await createRecords({ ...limits, ...(log && { log }) })
    .read(connectionTo(url), 'u', within)
    .catch((reason: unknown) => reason);
  if (!(error instanceof AppError)) throw new Error(`not an AppError: ${String(error)}`);
  return error;
}

it('the error for an oversized response names the setting and does not advise to try again later', async () => {
  const { url } = await startOrigin((_, response) => json(response, 200, { id: 'u', note: 'x'.repeat(1000) }));
  const error = await failureAt(url);
  expect(error.message).toContain('limits.responseBytes (1000 bytes)');
  expect(nextAfter(error)).toContain('limits.responseBytes');
  expect(nextAfter(error)).not.toMatch(/^Try again later/);
});

it('log lines of an exchange name the change, the connection and the status', async () => {
  const { log, lines } = recordingLog();
  const { url } = await startOrigin((_, response) => json(response, 503, {}));
  await failureAt(url, log);
  expect(lines).toMatchObject([{ facts: { change: 'change-1', connection: 'main', status: 503 } }]);
});

it('an error without a known code is logged with message and stack, and reported without them', async () => {
  // Not HTTP: the library's parser fails with a message of its own.
  const server = createServer((socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: nonsense\r\n\r\n'));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { log, lines } = recordingLog();
  const error = await failureAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, log);
  expect(error.message).toMatch(/^The connection to DayZero \(connection "main"\) broke/);
  expect(lines[0]?.facts['problem']).toMatch(/content-length/i);
  expect(lines[0]?.facts['stack']).toContain('at ');
});
