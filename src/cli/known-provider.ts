import { UsageError } from '../errors.ts';
import { suggest } from '../lib/text/suggest.ts';
import type { Provider } from '../providers/provider.ts';
import { echoWord } from './invocation/mistakes.ts';

/** The provider with the id that `--provider` gives. Throws a UsageError if there is none; `others` could be named too. */
export function providerNamed(providers: readonly Provider[], id: string, others: readonly string[] = []): Provider {
  const found = providers.find((one) => one.id === id);
  if (found) return found;
  const ids = [...new Set([...providers.map((one) => one.id), ...others])];
  const near = suggest(id, ids);
  const hint = near === undefined ? '' : `. Did you mean ${near}?`;
  throw new UsageError(`--provider ${echoWord(id, near)}: expected one of ${ids.join(', ')}${hint}`);
}
