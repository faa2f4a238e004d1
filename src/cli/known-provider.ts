import { UsageError } from '../errors.ts';
import { suggest } from '../lib/text/suggest.ts';
import type { Provider } from '../providers/provider.ts';
import { echoWord } from './invocation/mistakes.ts';

/** The provider with the id that `--provider` gives. Throws a UsageError if there is none. */
export function providerNamed(providers: readonly Provider[], id: string): Provider {
  const found = providers.find((one) => one.id === id);
  if (found) return found;
  const ids = providers.map((one) => one.id);
  const near = suggest(id, ids);
  const hint = near === undefined ? '' : `. Did you mean ${near}?`;
  throw new UsageError(`--provider ${echoWord(id, near)}: expected one of ${ids.join(', ')}${hint}`);
}
