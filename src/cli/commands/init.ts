import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import { providers } from '../../providers/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { registrations, type Variables } from '../client-setup.ts';
import { print, readOptions } from '../options.ts';

const HELP = `Usage: update-user-mcp init [--provider ID]... [--file mcp.config.json]
Writes a starter configuration without secrets (they are taken from the environment), never over an existing file, and
prints how to register the server with MCP clients. Without --provider it takes those whose variables are set.
Optional settings are taken from their variables whenever these are set.

Options: --json`;

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
  const settings = chosen.map((provider) => ({ provider, ...settingsOf(provider) }));
  const toVariables = (kind: 'required' | 'optional') =>
    settings.flatMap((one) => one[kind].flatMap((key) => one.provider.env[key] ?? []));
  const variables: Variables = { required: toVariables('required'), optional: toVariables('optional') };
  write(file, {
    // Without a connection here every provider whose variables are set is connected all the same.
    ...(chosen.length > 0 && {
      connections: Object.fromEntries(settings.map((one) => [one.provider.id, starter(one)])),
    }),
    policy: { rules: [{ effect: 'lifecycle', decision: 'confirm' }] },
  });
  const blocks = registrations(file, variables);
  const { required, optional } = variables;
  if (values.json)
    print(JSON.stringify({ file, variables: [...required, ...optional], optional, registrations: blocks }));
  else
    print(
      [
        `Wrote ${file}.`,
        ...next(chosen, variables),
        '',
        ...blocks.flatMap(({ client, line }) => [`${client}:`, line, '']),
      ]
        .join('\n')
        .trimEnd(),
    );
  return 0;
}

function chooseProviders(named: string[] | undefined): Provider[] {
  const unknown = named?.find((id) => !providers.some((provider) => provider.id === id));
  if (unknown !== undefined) {
    throw new UsageError(`--provider ${unknown}: expected one of ${providers.map(({ id }) => id).join(', ')}`);
  }
  if (named) return providers.filter(({ id }) => named.includes(id));
  return providers.filter(({ env }) =>
    Object.entries(env).some(([key, name]) => key !== 'baseUrl' && process.env[name]),
  );
}

interface Keys {
  required: readonly string[];
  optional: readonly string[];
}

/** The keys of one way to sign in, the one whose variables are set if there is one, and all that may be given besides. */
function settingsOf({ env, signIn, auth }: Provider): Keys {
  const isSet = (key: string) => Boolean(process.env[env[key] ?? '']);
  const required = signIn.find((keys) => keys.every(isSet)) ?? signIn[0];
  const headers = (keys: readonly string[]) => Object.entries(auth(Object.fromEntries(keys.map((key) => [key, 'x']))));
  const plain = headers(required);
  // What other ways to sign in need is optional beside this one where it adds a header, and leaves all others alone.
  const isAddition = (key: string) => {
    const found = headers([...required, key]);
    return (
      found.length > plain.length && plain.every(([name, value]) => found.some(([n, v]) => n === name && v === value))
    );
  };
  const optional = Object.keys(env).filter((key) => {
    return !required.includes(key) && (!signIn.flat().includes(key) || isAddition(key));
  });
  return { required, optional };
}

/** Settings as references to the environment variables of the same meaning; an empty default means not given. */
function starter({ provider: { id, env }, required, optional }: Keys & { provider: Provider }): Record<string, string> {
  return {
    provider: id,
    ...Object.fromEntries(required.map((key) => [key, `\${env:${env[key]}}`])),
    ...Object.fromEntries(optional.map((key) => [key, `\${env:${env[key]}:-}`])),
  };
}

function write(file: string, config: object): void {
  try {
    writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    throw new UsageError(
      `${file}: ${code === 'EEXIST' ? 'exists already and is left as it is' : `cannot be written (${code})`}`,
    );
  }
}

/** What is still to be done before it works. */
function next(chosen: readonly Provider[], { required, optional }: Variables): string[] {
  if (chosen.length === 0) {
    const ways = ({ env, signIn }: Provider) => signIn.map((keys) => keys.map((key) => env[key]).join(' + '));
    return [
      'No variables of a provider are set yet. Set those of the ones you use, and they are connected:',
      ...providers.map((provider) => `  ${provider.id}: ${ways(provider).join(', or ')}`),
      '`update-user-mcp init --provider ID --file ANOTHER` prints registrations that pass them on.',
    ];
  }
  const missing = required.filter((name) => !process.env[name]);
  return [
    `It takes from the environment: ${required.join(', ')}.`,
    ...(optional.length > 0 ? [`Optional, and taken when set: ${optional.join(', ')}.`] : []),
    ...(missing.length > 0 ? [`Not set yet: ${missing.join(', ')}.`] : []),
    'A client passes on what its own environment has; where that lacks a variable, write the value in its place,',
    'or take an optional one out. A variable that a client does not fill in stops the start, and is named.',
  ];
}
