import type { Settings } from '../config/load.ts';
import { UsageError } from '../errors.ts';
import { echo } from '../lib/text/printable.ts';
import { suggest } from '../lib/text/suggest.ts';
import type { Provider } from '../providers/provider.ts';
import type { Connection } from '../update/types.ts';
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

/** The connection of the provider that `--provider` and `--connection` name. Throws a UsageError if it is not one. */
export function connectionOf(
  { connections, providers }: Pick<Settings, 'connections' | 'providers'>,
  { provider: id, connection: name }: { provider?: string; connection?: string },
): Connection {
  if (id === undefined) throw new UsageError('--provider: is missing; name the provider of the changes');
  providerNamed(providers, id);
  const own = connections.filter(({ provider }) => provider.id === id);
  const names = own.map((one) => one.name).join(', ');
  const [first, ...others] = name === undefined ? own : own.filter((one) => one.name === name);
  if (first && others.length === 0) return first;
  if (own.length === 0) throw new UsageError(`--provider ${id}: is not connected; update-user-mcp doctor says why`);
  const problem = name === undefined ? 'is missing' : echo(name);
  throw new UsageError(`--connection${name === undefined ? ': ' : ' '}${problem}; expected one of ${names}`);
}
