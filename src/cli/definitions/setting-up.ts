import { clients } from '../clients/index.ts';
import { action, type CommandGroup, flag, list, text } from './command.ts';
import { config as configFile, json } from './common.ts';

/** Commands that set the program up, and check it. */

export const init = action({
  name: 'init',
  summary: 'register the server with MCP clients',
  description: [
    'Shows which file of a client it would change and how. With --write it changes it: everything else in the file stays as it is. An entry refers to variables of the environment, never to the value of a secret.',
    'Without --client it writes a starter configuration instead, never over an existing file, and says how to register it. Without --provider it has the providers whose variables are set.',
    '--team makes a server for a team in the current folder, where none of these files may exist: mcp.config.json, key, token.sha256, postgres-password and compose.yaml. The token is shown once and not kept.',
  ],
  examples: [
    { args: 'init --client cursor', text: 'show what would be added' },
    { args: 'init --client claude-code --client codex --write', text: 'register with both' },
  ],
  options: {
    client: list('NAME', 'the client to register with', { values: clients.map(({ id }) => id) }),
    write: flag('change the files'),
    project: flag('the files of the project in this folder, not those of the user'),
    name: text('NAME', 'the name of the entry; default: update-user', { check: nameFault }),
    provider: list('ID', 'a provider to connect'),
    team: flag('make a server for a team'),
    url: text(
      'URL',
      'register a team’s server at the address of its /mcp; its token comes from UPDATE_USER_TOKEN. With --team: where clients will reach the server',
    ),
    config: text('FILE', 'register an existing configuration file'),
    file: text('FILE', 'create a configuration file, unless it exists, and register it; default: mcp.config.json'),
    ...json,
  },
  load: async () => (await import('../commands/init.ts')).run,
});

/** Every client accepts such a name. */
function nameFault(name: string): string | undefined {
  const isName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.test(name);
  return isName ? undefined : 'expected letters, digits, - and _, at most 40, a letter or a digit first';
}

export const doctor = action({
  name: 'doctor',
  summary: 'check every connection by reading only, then store and key',
  description: [
    'For each connection: whether the credential works and what it may do, by reading only. Then store, key, and whether the approvals that the configuration asks for could be given. Exits 1 when anything cannot work, or nothing is connected. Never prints a credential.',
  ],
  options: { ...configFile, ...json },
  load: async () => (await import('../commands/doctor.ts')).run,
});

export const config: CommandGroup = {
  name: 'config',
  summary: 'check the configuration without a network',
  subcommands: [
    action({
      name: 'check',
      summary: 'find mistakes in the configuration without a network',
      description: [
        'The file and every key in it with its line and column, variables and secret files it refers to, rules that match nothing or never decide, and approvals that nobody could give. Lists connections with the hosts they reach and their variables, never a value. Exits 2 for a configuration that cannot work.',
      ],
      options: { ...configFile, ...json },
      examples: [{ args: 'config check --config mcp.config.json --json', text: 'in a pipeline' }],
      load: async () => (await import('../commands/config.ts')).check,
    }),
  ],
};
