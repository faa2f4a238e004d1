import { expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { createProcessId } from '../../../src/store/process-id.ts';
import type { Store } from '../../../src/store/store.ts';
import { body, entry, intent, person } from '../../support/store/samples.ts';
import { testStore } from '../contract/store.ts';

testStore('memory', async () => {
  let store: Store | undefined;
  return {
    async open(processId, options) {
      store ??= createMemoryStore(processId, options);
      return store;
    },
    async remove() {},
  };
});

it('keeps the newest 20,000 changes and every open one', async () => {
  const store = createMemoryStore(createProcessId());
  const beforeImage = { sealed: new Uint8Array(8), expiresAt: Number.MAX_SAFE_INTEGER };
  await store.open(intent('open', person('open')));
  await store.open({ ...intent('old', person('old')), beforeImage });
  await store.close('old', 'updated', body());
  for (let i = 0; i < 22_000; i += 1) await store.attempt(entry(`c${i}`, person(`p${i}`)));
  const listed = await store.list({ limit: 40_000 });
  expect(listed).toHaveLength(20_000);
  expect(listed.at(-1)).toMatchObject({ changeId: 'open', open: true });
  expect(listed.at(-2)).toMatchObject({ changeId: 'c2001' });
  expect(await store.beforeImage('old')).toBeUndefined();
  expect(await store.lastSeq(person('p0'))).toBe(0);
  expect(await store.open(intent('again', person('open')))).toEqual({ kind: 'busy' });
  expect((await store.head()).seq).toBe(22_003);
});

it('keeps a key near its limit when thousands of others are guessed at', async () => {
  const store = createMemoryStore(createProcessId());
  await store.noteGuesses(Array.from({ length: 30 }, (_, i) => ({ key: 'target', value: `v${i}` })));
  await store.noteGuesses(Array.from({ length: 10_000 }, (_, i) => ({ key: `other ${i}`, value: 'v' })));
  expect(await store.noteGuesses([{ key: 'target', value: 'v30' }])).toEqual([31]);
  expect(await store.noteGuesses([{ key: 'other 5', value: 'w' }])).toEqual([1]);
});
