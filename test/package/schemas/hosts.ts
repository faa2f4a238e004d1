import * as z from 'zod';

/**
 * The manifests of a Claude Code plugin and of a Gemini CLI extension, as far as ours use them. Neither host publishes a
 * schema. An unknown key in an option keeps a plugin from loading, and `trust` in a server an extension.
 * https://code.claude.com/docs/en/plugins-reference, https://geminicli.com/docs/extensions/reference
 */

const name = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
const version = z.string().regex(/^\d+\.\d+\.\d+/);
const person = z.strictObject({ name: z.string().min(1), email: z.email().optional(), url: z.url().optional() });
const server = z.strictObject({
  command: z.literal('node'),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
});

export const pluginSchema = z.strictObject({
  name,
  version,
  description: z.string().min(1),
  author: person,
  homepage: z.url(),
  repository: z.url(),
  license: z.string(),
  keywords: z.array(z.string()),
  mcpServers: z.record(z.string(), server),
  userConfig: z.record(
    z.string().regex(/^[a-z_][a-z0-9_]*$/),
    z.strictObject({
      type: z.enum(['string', 'number', 'boolean', 'directory', 'file']),
      title: z.string().min(1),
      description: z.string().min(1),
      sensitive: z.boolean().optional(),
      required: z.boolean().optional(),
      default: z.string().optional(),
    }),
  ),
});

export const marketplaceSchema = z.strictObject({
  $schema: z.url(),
  name,
  description: z.string().min(1),
  owner: person,
  plugins: z.array(
    z.strictObject({
      name,
      source: z.string().startsWith('./'),
      description: z.string(),
      version,
      license: z.string(),
      keywords: z.array(z.string()),
    }),
  ),
});

export const extensionSchema = z.strictObject({
  name,
  version,
  description: z.string().min(1),
  mcpServers: z.record(z.string(), server),
  settings: z.array(
    z.strictObject({
      name: z.string().min(1),
      description: z.string().min(1),
      envVar: z.string().regex(/^[A-Z_][A-Z0-9_]*$/),
      sensitive: z.boolean(),
    }),
  ),
});
