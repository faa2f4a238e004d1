import type { Sandbox } from '../../../src/sandbox/index.ts';

/** Resolves once the sandbox has read what was sent to it before: a request made now is read after that. */
export async function allArrived({ url }: Sandbox): Promise<void> {
  for (let times = 0; times < 2; times++) await (await fetch(`${url}/nobody`)).text();
}
