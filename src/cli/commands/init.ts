import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import { providers } from '../../providers/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { registrations } from '../client-setup.ts';
import type { Called } from '../definitions/command.ts';
import { print } from '../output.ts';
import { chooseProviders, starterConnections, type Variables } from '../starter.ts';

interface InitOptions {
  provider?: string[];
  file: string;
  team?: boolean;
  url?: string;
  json?: boolean;
}

export async function run({ values }: Called<InitOptions>): Promise<number> {
  const chosen = chooseProviders(values.provider);
  if (values.team) return (await import('../team/team.ts')).createTeam(chosen, values);
  const file = resolve(values.file);
  const { connections, variables } = starterConnections(chosen);
  write(file, { ...connections, policy: { rules: [{ effect: 'lifecycle', decision: 'confirm' }] } });
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
