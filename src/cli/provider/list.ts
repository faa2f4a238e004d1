import { readSettings, type Settings } from '../../config/load.ts';
import { readProvider } from '../../config/providers/read.ts';
import { PRESETS, presetId } from '../../providers/presets/index.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Called } from '../definitions/command.ts';
import { print } from '../output.ts';
import { toTable } from '../table.ts';

interface ListedProvider {
  id: string;
  title: string;
  /** `built in`, `preset:NAME`, or the file as the configuration names it. */
  source: string;
  /** Whether the configuration has it: a preset has to be named. */
  available: boolean;
  connections: readonly string[];
  /** The environment variables of its settings. */
  variables: readonly string[];
  docs: string;
}

/** `provider list`. */
export async function list({ values }: Called<{ config?: string; json?: boolean }>): Promise<number> {
  const settings = await readSettings(process.env, values.config);
  const all = [...settings.providers.map((one) => toListed(one, settings)), ...(await otherPresets(settings))];
  if (values.json) {
    print(JSON.stringify({ providers: all }));
    return 0;
  }
  const rows = all.map(({ id, title, source, available, connections }) => {
    return [id, title, source, connections.join(', ') || (available ? '' : 'not named')];
  });
  print(toTable(['ID', 'TITLE', 'SOURCE', 'CONNECTIONS'], rows, { uncut: [0, 2] }));
  return 0;
}

function toListed(provider: Provider, { connections, declared }: Settings): ListedProvider {
  const { id, title, env, docs } = provider;
  const own = connections.filter((one) => one.provider.id === id).map(({ name }) => name);
  const source = declared[id] ?? 'built in';
  return { id, title, source, available: true, connections: own, variables: Object.values(env), docs };
}

/** Presets that the configuration does not name. */
async function otherPresets({ declared }: Settings): Promise<ListedProvider[]> {
  const others = PRESETS.filter((name) => !Object.hasOwn(declared, presetId(name)));
  const read = await Promise.all(others.map((name) => readProvider({ kind: 'preset', name })));
  return read.flatMap(({ name, checked }) => {
    if (!checked.ok) return [];
    const { id, title, env, docs } = checked.provider;
    return [{ id, title, source: name, available: false, connections: [], variables: Object.values(env), docs }];
  });
}
