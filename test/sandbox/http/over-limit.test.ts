import { expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../../src/sandbox/index.ts';

it('answers 429 to more requests than the option allows, processes none of them, and counts by period', async () => {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const { awork } = sandbox.vendors;
  const ask = async () => {
    const response = await fetch(`${sandbox.url}/awork/users`);
    return [response.status, response.headers.get('retry-after')];
  };
  awork.options.rateLimit = { requests: 2, perMs: 3_600_000, retryAfter: 7 };
  // 401 without a credential: taken, as far as the limit is concerned.
  expect([await ask(), await ask(), await ask()]).toEqual([
    [401, null],
    [401, null],
    [429, '7'],
  ]);
  awork.options.rateLimit = { requests: 1, perMs: 0 };
  expect([await ask(), await ask()]).toEqual([
    [401, null],
    [401, null],
  ]);
});
