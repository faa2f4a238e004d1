import { product } from './product.ts';
import { settings } from './settings.ts';

/** A bundle as it lies in a release. */
export interface ReleasedBundle {
  file: string;
  /** In lower-case hex. */
  sha256: string;
}

/**
 * `server.json` for the MCP registry, schema 2025-12-11:
 * https://github.com/modelcontextprotocol/registry/blob/main/docs/reference/server-json/generic-server-json.md
 * The bundle of a release is listed only where there is one, because its hash has to be known.
 */
export function serverJson(title: string, bundle?: ReleasedBundle): object {
  const environmentVariables = settings.map(({ variable, description, isSecret, isFile }) => ({
    name: variable,
    description,
    format: isFile ? 'filepath' : 'string',
    isRequired: false,
    isSecret,
  }));
  const transport = { type: 'stdio' };
  return {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: product.mcpName,
    title,
    description: product.description,
    repository: { url: product.repository, source: 'github' },
    websiteUrl: product.homepage,
    version: product.version,
    packages: [
      {
        registryType: 'npm',
        registryBaseUrl: 'https://registry.npmjs.org',
        identifier: product.name,
        version: product.version,
        runtimeHint: 'npx',
        runtimeArguments: [{ type: 'positional', value: '-y' }],
        transport,
        environmentVariables,
      },
      ...(bundle === undefined
        ? []
        : [
            {
              registryType: 'mcpb',
              identifier: `${product.repository}/releases/download/v${product.version}/${bundle.file}`,
              version: product.version,
              fileSha256: bundle.sha256,
              transport,
              environmentVariables,
            },
          ]),
    ],
  };
}
