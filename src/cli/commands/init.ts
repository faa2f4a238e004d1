import { resolve } from 'node:path';
import { shippedProviders } from '../../config/providers/shipped.ts';
import { UsageError } from '../../errors.ts';
import type { Provider } from '../../providers/provider.ts';
import { currentPlace } from '../clients/folders.ts';
import { clients } from '../clients/index.ts';
import type { Called } from '../definitions/command.ts';
import { print } from '../output.ts';
import { ownCommandLine } from '../own-command.ts';
import { newConfig, writeConfig } from '../registration/config-file.ts';
import { register } from '../registration/register.ts';
import { isFine, toJson, toText } from '../registration/report.ts';
import { entryFor } from '../registration/server.ts';
import { toSnippet } from '../registration/snippet.ts';
import { chooseProviders, type Variables } from '../starter.ts';
import { toTable, wrap } from '../table.ts';

const DEFAULT_NAME = 'update-user';
const DEFAULT_FILE = 'mcp.config.json';

interface InitOptions {
  provider?: string[];
  client?: string[];
  write?: boolean;
  project?: boolean;
  team?: boolean;
  name?: string;
  url?: string;
  file?: string;
  config?: string;
  json?: boolean;
}

export async function run({ values }: Called<InitOptions>): Promise<number> {
  if (values.team) {
    const other = (['client', 'write', 'project', 'name', 'config'] as const).find(
      (option) => values[option] !== undefined,
    );
    if (other !== undefined) throw new UsageError(`--${other}: does not go with --team`);
    return (await import('../team/team.ts')).createTeam(await chooseProviders(values.provider), {
      ...values,
      file: values.file ?? DEFAULT_FILE,
    });
  }
  return values.client === undefined ? await writeStarter(values) : await registerWith(values.client, values);
}

async function registerWith(ids: readonly string[], values: InitOptions): Promise<number> {
  const { name = DEFAULT_NAME, write = false, url, file, config, provider } = values;
  const local = { provider, file, config };
  const other = Object.entries(local).find(([, value]) => value !== undefined)?.[0];
  if (url !== undefined && other !== undefined) {
    throw new UsageError(`--${other}: does not go with --url, since the team’s server has its own configuration`);
  }
  if (file !== undefined && config !== undefined) {
    throw new UsageError('--file: does not go with --config, which names a file that exists');
  }
  const registrations = await register({
    clients: clients.filter(({ id }) => ids.includes(id)),
    name,
    write,
    project: values.project ? process.cwd() : undefined,
    url,
    providers: provider,
    config,
    file,
  });
  if (values.json) print(JSON.stringify(toJson(registrations, { name, write })));
  else {
    const { text, problems } = toText(registrations, { write });
    if (text !== '') print(text);
    for (const problem of problems) process.stderr.write(`update-user-mcp: ${problem}\n`);
  }
  return registrations.results.every(isFine) ? 0 : 1;
}

/** Writes a starter configuration, and says how to register it. */
async function writeStarter(values: InitOptions): Promise<number> {
  for (const option of ['write', 'project', 'name', 'url', 'config'] as const) {
    if (values[option] !== undefined) throw new UsageError(`--${option}: needs --client NAME`);
  }
  const chosen = await chooseProviders(values.provider);
  const config = newConfig(resolve(values.file ?? DEFAULT_FILE), chosen, { secretsInFiles: false });
  writeConfig(config);
  const { path, variables } = config;
  if (values.json) {
    const { required, optional } = variables;
    const registrations = clients.map((client) => ({
      client: client.title,
      id: client.id,
      file: client.userFiles(currentPlace()).at(-1),
      line: toSnippet(client, DEFAULT_NAME, entryFor(client, { kind: 'local', variables, config: path })),
    }));
    print(JSON.stringify({ file: path, variables: [...required, ...optional], optional, registrations }));
  } else {
    const rows = clients.map(({ id, title, userFiles }) => [id, title, userFiles(currentPlace()).at(-1) ?? '']);
    print(
      [
        `Wrote ${path}.`,
        ...nextSteps(chosen, variables),
        '',
        'Register it with a client. Without --write this shows what it would change:',
        `  ${ownCommandLine('init', '--client', 'NAME', '--config', path, '--write')}`,
        '',
        toTable(['NAME', 'CLIENT', 'FILE'], rows, { uncut: [0, 2] }),
      ].join('\n'),
    );
  }
  return 0;
}

/** Describes what is left to do. */
function nextSteps(chosen: readonly Provider[], { required, optional }: Variables): string[] {
  if (chosen.length === 0) {
    const ways = ({ env, signIn }: Provider) => signIn.map(({ needs }) => needs.map((key) => env[key]).join(' + '));
    return [
      ...wrap(
        'No variables of a provider are set yet. Set those of the providers you use, and they are connected:',
        80,
      ),
      ...shippedProviders.map((provider) => `  ${provider.id}: ${ways(provider).join(', or ')}`),
    ];
  }
  const missing = required.filter((name) => !process.env[name]);
  return [
    `Taken from the environment: ${required.join(', ')}.`,
    ...(optional.length > 0 ? [`Optional: ${optional.join(', ')}.`] : []),
    ...(missing.length > 0 ? [`Not set yet: ${missing.join(', ')}.`] : []),
    'A variable that a client does not fill in stops the start with its name.',
  ];
}
