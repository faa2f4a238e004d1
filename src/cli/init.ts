import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { providers } from '../providers/index.ts';
import type { Provider } from '../providers/provider.ts';
import { print, readOptions } from './options.ts';
import { registrations } from './registrations.ts';

const HELP = `Usage: update-user-mcp init [--provider ID]... [--file mcp.config.json]
Writes a starter configuration without secrets (they are taken from the environment), never over an existing file, and
prints how to register the server with MCP clients. Without --provider it takes those whose variables are set.`;

export async function run(args: string[]): Promise<number> {
  const options = {
    provider: { type: 'string', multiple: true },
    file: { type: 'string', default: 'mcp.config.json' },
  } as const;
  const parsed = readOptions(args, HELP, options);
  if (!parsed) return 0;
  const { values } = parsed;
  const chosen = chooseProviders(values.provider);
  const file = resolve(values.file);
  const config = {
    connections: Object.fromEntries(chosen.map((provider) => [provider.id, starter(provider)])),
    policy: { rules: [{ effect: 'lifecycle', decision: 'confirm' }] },
  };
  try {
    writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    throw new UsageError(
      `${file}: ${code === 'EEXIST' ? 'exists already and is left as it is' : `cannot be written (${code})`}`,
    );
  }
  const blocks = registrations(file);
  if (values.json) print(JSON.stringify({ file, registrations: blocks }));
  else
    print(
      [`Wrote ${file}.`, '', ...blocks.flatMap(({ client, line }) => [`${client}:`, line, ''])].join('\n').trimEnd(),
    );
  return 0;
}

function chooseProviders(named: string[] | undefined): Provider[] {
  const unknown = named?.find((id) => !providers.some((provider) => provider.id === id));
  if (unknown !== undefined) {
    throw new UsageError(`--provider ${unknown}: expected one of ${providers.map(({ id }) => id).join(', ')}`);
  }
  if (named) return providers.filter(({ id }) => named.includes(id));
  const connected = providers.filter(({ env }) =>
    Object.entries(env).some(([key, name]) => key !== 'baseUrl' && process.env[name]),
  );
  return connected.length > 0 ? connected : [...providers];
}

/** Settings as references to the environment variables of the same meaning; what is optional only where it is set. */
function starter({ id, env }: Provider): Record<string, string> {
  const set = Object.entries(env).filter(([, name]) => process.env[name]);
  const keys = set.length > 0 ? set : Object.entries(env).filter(([key]) => key !== 'baseUrl');
  return { provider: id, ...Object.fromEntries(keys.map(([key, name]) => [key, `\${env:${name}}`])) };
}
