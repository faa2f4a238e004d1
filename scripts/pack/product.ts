import manifest from '../../package.json' with { type: 'json' };

/** What all manifests say about the product. The source of each fact is `package.json`. */
export const product = {
  name: manifest.name,
  version: manifest.version,
  description: manifest.description,
  author: manifest.author,
  license: manifest.license,
  keywords: manifest.keywords,
  homepage: manifest.homepage,
  support: manifest.bugs.url,
  /** The page of the repository. npm wants the address that git clones. */
  repository: manifest.repository.url.replace(/^git\+/, '').replace(/\.git$/, ''),
  /** The name in the MCP registry. */
  mcpName: manifest.mcpName,
  /** The program, relative to the package. */
  entry: manifest.bin['update-user-mcp'],
};

/** Arguments after the program. A host's form passes on an empty field, and an empty path stops the start otherwise. */
export const PROGRAM_ARGS = ['stdio', '--allow-empty-config'] as const;

/** The name under which clients list the server: what `init` registers it as. */
export const SERVER_NAME = 'update-user';

/**
 * The `package.json` of an artefact that carries the program: without `type`, Node takes the program for CommonJS. It names
 * no dependency, so that no host installs one.
 */
export const bundledPackage = {
  name: manifest.name,
  version: manifest.version,
  type: manifest.type,
  license: manifest.license,
  private: true,
};
