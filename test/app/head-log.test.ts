import { setImmediate as nextTick } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createHeadLog } from '../../src/app/head-log.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import { createProcessId } from '../../src/store/process-id.ts';
import { createSeal } from '../../src/store/seal.ts';

it('an unreadable head ends no process: it is reported once maintenance logs the start', async () => {
  const rejections: unknown[] = [];
  const onRejection = (reason: unknown) => void rejections.push(reason);
  process.on('unhandledRejection', onRejection);
  try {
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const headLog = createHeadLog(log, async () => createSeal(new Uint8Array(32)));
    const signedHead = () => Promise.reject(new Error('its head is missing'));
    headLog.onOpened({ ...createMemoryStore(createProcessId()), signedHead });
    for (let tick = 0; tick < 3; tick++) await nextTick();
    expect(rejections).toEqual([]);
    await expect(headLog.logStart()).rejects.toThrow('its head is missing');
  } finally {
    process.off('unhandledRejection', onRejection);
  }
});
