import { providers } from '../../providers/index.ts';
import { action, type CommandGroup, flag, list, text } from './command.ts';
import { config as configFile, json } from './common.ts';

/** Commands that set the program up, and check it. */

export const init = action({
  name: 'init',
  summary: 'write a starter mcp.config.json and print client registrations',
  description: [
    'Writes a starter configuration that takes secrets from the environment, never over an existing file, and prints how to register the server with MCP clients.',
    'Without --provider it has the providers whose variables are set. Optional settings apply once their variables are set.',
    '--team makes a server for a team in the current folder, which has to be empty: mcp.config.json, key, token.sha256, postgres-password and compose.yaml. The token is shown once and not kept.',
  ],
  options: {
    provider: list('ID', 'a provider to connect', { values: providers.map(({ id }) => id) }),
    file: text('FILE', 'the file to write', { default: 'mcp.config.json' }),
    team: flag('make a server for a team'),
    url: text('URL', 'with --team: where clients will reach the server'),
    ...json,
  },
  load: async () => (await import('../commands/init.ts')).run,
});

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
