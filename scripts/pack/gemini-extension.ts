import type { Manifests } from './folder.ts';
import { PROGRAM_ARGS, product, SERVER_NAME } from './product.ts';
import { settings } from './settings.ts';

/** The extension for Gemini CLI: https://geminicli.com/docs/extensions/reference */
export function geminiExtensionManifests(): Manifests {
  return {
    'gemini-extension.json': {
      name: product.name,
      version: product.version,
      description: product.description,
      mcpServers: {
        [SERVER_NAME]: {
          command: 'node',
          args: [`\${extensionPath}\${/}${product.entry.replaceAll('/', '${/}')}`, ...PROGRAM_ARGS],
          // Gemini CLI passes on only variables that are named here. A setting without a value has to arrive empty.
          env: Object.fromEntries(settings.map(({ variable }) => [variable, `\${${variable}:-}`])),
        },
      },
      settings: settings.map(({ title, description, variable, isSecret }) => ({
        name: title,
        description,
        envVar: variable,
        sensitive: isSecret,
      })),
    },
  };
}
