import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import { providers } from '../../providers/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { registrations, type Variables } from '../client-setup.ts';
import { parseOptions, print } from '../options.ts';

const HELP = `Usage: update-user-mcp init [--provider ID]... [--file mcp.config.json]
Writes a starter configuration that takes secrets from the environment, never over an existing file, and prints how to
register the server with MCP clients. Without --provider it has the providers whose variables are set. Optional
settings apply once their variables are set.

Options: --json`;

export async function run(args: string[]): Promise<number> {
  const options = {
    provider: { type: 'string', multiple: true },
    file: { type: 'string', default: 'mcp.config.json' },
  } as const;
  const parsed = parseOptions(args, HELP, options);
  if (!parsed) return 0;
  const { values } = parsed;
  const chosen = chooseProviders(values.provider);
  const file = resolve(values.file);
  const settings = chosen.map((provider) => ({ provider, ...settingsOf(provider) }));
  const toVariables = (kind: 'required' | 'optional') =>
    settings.flatMap((one) => one[kind].flatMap((key) => one.provider.env[key] ?? []));
  const variables: Variables = { required: toVariables('required'), optional: toVariables('optional') };
  write(file, {
    // Without connections in the file, every provider whose variables are set is still connected.
    ...(chosen.length > 0 && {
      connections: Object.fromEntries(settings.map((one) => [one.provider.id, toConnection(one)])),
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
        ...nextSteps(chosen, variables),
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

/** Keys of a provider's settings. */
interface SettingKeys {
  required: readonly string[];
  optional: readonly string[];
}

/** The keys of one way to sign in, preferably one whose variables are set, and the optional ones that go with it. */
function settingsOf({ env, signIn, auth }: Provider): SettingKeys {
  const isSet = (key: string) => Boolean(process.env[env[key] ?? '']);
  const required = signIn.find((keys) => keys.every(isSet)) ?? signIn[0];
  const headers = (keys: readonly string[]) => Object.entries(auth(Object.fromEntries(keys.map((key) => [key, 'x']))));
  const plain = headers(required);
  // A key of another way to sign in is optional if it adds a header and changes no other.
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

/** A connection with references to environment variables; an empty default means that the setting is not given. */
function toConnection({
  provider: { id, env },
  required,
  optional,
}: SettingKeys & { provider: Provider }): Record<string, string> {
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
      `${file}: ${code === 'EEXIST' ? 'already exists and is left as it is' : `cannot be written (${code})`}`,
    );
  }
}

/** Describes what is left to do. */
function nextSteps(chosen: readonly Provider[], { required, optional }: Variables): string[] {
  if (chosen.length === 0) {
    const ways = ({ env, signIn }: Provider) => signIn.map((keys) => keys.map((key) => env[key]).join(' + '));
    return [
      'No variables of a provider are set yet. Set those of the providers you use, and they are connected:',
      ...providers.map((provider) => `  ${provider.id}: ${ways(provider).join(', or ')}`),
      '`update-user-mcp init --provider ID --file ANOTHER` prints registrations that pass them on.',
    ];
  }
  const missing = required.filter((name) => !process.env[name]);
  return [
    `Taken from the environment: ${required.join(', ')}.`,
    ...(optional.length > 0 ? [`Optional: ${optional.join(', ')}.`] : []),
    ...(missing.length > 0 ? [`Not set yet: ${missing.join(', ')}.`] : []),
    'A client passes on the variables of its own environment. Where it lacks one, write the value in its place, or',
    'remove it if it is optional. A variable that a client does not fill in stops the start with its name.',
  ];
}
