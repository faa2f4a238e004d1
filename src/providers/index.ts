import { atlassian } from './atlassian.ts';
import { atomicwork } from './atomicwork.ts';
import { awork } from './awork.ts';
import { dayzero } from './dayzero.ts';
import { mediasilo } from './mediasilo.ts';
import type { Provider } from './provider.ts';
import { scim } from './scim.ts';

/** The registry: a new provider is its file and one line here. */
export const providers: readonly Provider[] = [atomicwork, awork, atlassian, dayzero, mediasilo, scim];
