import { action, type CommandGroup, text } from './command.ts';

/** Commands about providers and their files. */

export const provider: CommandGroup = {
  name: 'provider',
  summary: 'make a provider file for an API',
  description: ['A provider file connects an API that is not built in: docs/providers.md.'],
  subcommands: [
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
