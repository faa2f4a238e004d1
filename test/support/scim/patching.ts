import type { Provider } from '../../../src/providers/provider.ts';
import type { ScimSettings } from '../../../src/providers/scim/settings.ts';
import { settingsFrom } from '../pipeline/pipeline.ts';

/** The definition for a SCIM connection with these keys. */
export function scimWith(keys: Partial<ScimSettings> = {}): Provider {
  const directory = { provider: 'scim', baseUrl: 'https://scim.example/v2', token: 'abc', ...keys };
  const provider = settingsFrom({ connections: { directory } }).connections[0]?.provider;
  if (!provider) throw new Error('no connection');
  return provider;
}

/** The same, for a service that takes PATCH. */
export function scimPatching(keys: Partial<ScimSettings> = {}): Provider {
  return scimWith({ update: 'patch', ...keys });
}
