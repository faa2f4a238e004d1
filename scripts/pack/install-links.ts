import type { LocalServer } from '../../src/cli/clients/client.ts';
import { cursor } from '../../src/cli/clients/cursor.ts';
import { vscode } from '../../src/cli/clients/vscode.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { product, SERVER_NAME } from './product.ts';
import { signInSettings } from './settings.ts';

/** Links that open a client and register the server with it, for one client and one provider. */
export interface InstallLinks {
  client: string;
  /** A web page that opens the client; GitHub and npm show links to nothing else. */
  page: string;
  /** Opens the client itself. */
  direct: string;
}

/**
 * The links of one provider. The entry is the one that `init` writes: references to environment variables, never a value.
 * https://cursor.com/docs/mcp/install-links, https://code.visualstudio.com/api/extension-guides/ai/mcp#create-an-mcp-installation-url
 */
export function installLinks(provider: Provider): InstallLinks[] {
  const required = signInSettings(provider).map(({ variable }) => variable);
  const server: LocalServer = { command: 'npx', args: ['-y', product.name], variables: { required, optional: [] } };
  const forCursor = new URLSearchParams({
    name: SERVER_NAME,
    config: Buffer.from(JSON.stringify(cursor.localEntry(server))).toString('base64'),
  });
  const entry = vscode.localEntry(server);
  const forPage = `name=${SERVER_NAME}&config=${encodeURIComponent(JSON.stringify(entry))}`;
  return [
    {
      client: cursor.title,
      page: `https://cursor.com/en/install-mcp?${forCursor}`,
      direct: `cursor://anysphere.cursor-deeplink/mcp/install?${forCursor}`,
    },
    {
      client: vscode.title,
      page: `https://insiders.vscode.dev/redirect/mcp/install?${forPage}`,
      direct: `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: SERVER_NAME, ...entry }))}`,
    },
  ];
}
