import { providers } from '../../providers/index.ts';
import type { Provider } from '../../providers/provider.ts';

/** The providers of this version, which need no configuration file. */
export const shippedProviders: readonly Provider[] = providers;
