import { action, type CommandGroup, text } from './command.ts';
import { config, json } from './common.ts';

/** Commands about providers: those that are built in, presets, and files. */

export const provider: CommandGroup = {
  name: 'provider',
  summary: 'list providers, make and check files that describe one',
  description: ['A provider file connects an API that is not built in: docs/provider-files.md.'],
  subcommands: [
    action({
      name: 'list',
      summary: 'list the providers that can be connected',
      description: [
        'Those that are built in, presets, which a configuration names as preset:NAME, and the files that the configuration names, each with its connections.',
      ],
      options: { ...config, ...json },
      load: async () => (await import('../provider/list.ts')).list,
    }),
    action({
      name: 'check',
      summary: 'check a provider file without a network',
      description: [
        'Names every fault with its JSON pointer, line and column, and traps: what is possible but probably not meant, such as a default of the vendor that would be written. Exits 1 if there are faults; traps do not count.',
      ],
      args: [{ name: 'FILE', text: 'a provider file, or preset:NAME' }],
      options: { ...json },
      examples: [{ args: 'provider check ./acme.provider.json', text: 'before a configuration names it' }],
      load: async () => (await import('../provider/check.ts')).check,
    }),
    action({
      name: 'new',
      summary: 'write a starter file from an OpenAPI 3 description',
      description: [
        'Reads a local file, JSON or YAML, and finds the call that updates a user. Where there are several it lists them, and --operation chooses one.',
        'What no description says is left open with "?": who may see a value, what a change means for the person, what becomes of what a request leaves out. provider check refuses the file until each is decided.',
      ],
      options: {
        openapi: text('SPEC', 'the description of the API'),
        operation: text('ID', 'the operationId of the update call, or its method and path'),
        out: text('FILE', 'where to write, never over an existing file; default: stdout'),
      },
      examples: [
        { args: 'provider new --openapi acme.yaml --out acme.provider.json', text: 'a file to complete' },
        { args: 'provider new --openapi acme.yaml --operation "PATCH /users/{id}"', text: 'one call of several' },
      ],
      load: async () => (await import('../provider-new/run.ts')).run,
    }),
  ],
};
