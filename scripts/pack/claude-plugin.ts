import type { Manifests } from './folder.ts';
import { PROGRAM_ARGS, product, SERVER_NAME } from './product.ts';
import { settings } from './settings.ts';

/**
 * The plugin for Claude Code, and the marketplace that has only this plugin, so that the folder itself can be added:
 * https://code.claude.com/docs/en/plugins-reference and https://code.claude.com/docs/en/plugin-marketplaces
 */
export function claudePluginManifests(): Manifests {
  const { name, version, description, keywords, license, homepage, repository } = product;
  const author = { name: product.author };
  return {
    '.claude-plugin/plugin.json': {
      name,
      version,
      description,
      author,
      homepage,
      repository,
      license,
      keywords,
      mcpServers: {
        [SERVER_NAME]: {
          command: 'node',
          args: [`\${CLAUDE_PLUGIN_ROOT}/${product.entry}`, ...PROGRAM_ARGS],
          // An option without a value arrives empty, which is as good as not set.
          env: Object.fromEntries(settings.map(({ variable, key }) => [variable, `\${user_config.${key}}`])),
        },
      },
      userConfig: Object.fromEntries(
        // An unknown key in an option keeps the plugin from loading.
        settings.map(({ key, title, description: says, isSecret, isFile }) => [
          key,
          { type: isFile ? 'file' : 'string', title, description: says, ...(isSecret && { sensitive: true }) },
        ]),
      ),
    },
    '.claude-plugin/marketplace.json': {
      $schema: 'https://anthropic.com/claude-code/marketplace.schema.json',
      name,
      description,
      owner: author,
      plugins: [{ name, source: './', description, version, license, keywords }],
    },
  };
}
