import { settingsSchema } from '../../src/config/json-schema.ts';
import { VARIABLES } from '../../src/config/values.ts';
import { providers } from '../../src/providers/index.ts';
import type { Provider } from '../../src/providers/provider.ts';

/** A setting as an artefact asks for it. No setting is required: one connected provider is enough. */
export interface Setting {
  /** The environment variable. */
  variable: string;
  /** The variable in lower case, as the key of an option. */
  key: string;
  title: string;
  /** One or two sentences. */
  description: string;
  isSecret: boolean;
  isFile: boolean;
  /** The id of the provider it belongs to. */
  provider?: string;
}

const CONFIG = 'UPDATE_USER_CONFIG';

/** Every setting of every provider, in the order of the registry, then the path of the configuration file. */
export const settings: readonly Setting[] = [...providers.flatMap(settingsOf), configurationFile()];

/** For each provider, the ways to connect it, such as `awork: API key`. */
export const waysToConnect: readonly string[] = providers.map((provider) => {
  return `${provider.title}: ${provider.signIn.map(({ needs }) => needs.map(toWords).join(' + ')).join(', or ')}`;
});

/** The settings of the most common way to connect a provider. */
export function signInSettings({ id, signIn: [{ needs }], env }: Provider): Setting[] {
  return settings.filter(({ provider, variable }) => provider === id && needs.some((key) => env[key] === variable));
}

function settingsOf(provider: Provider): Setting[] {
  const { properties = {} } = settingsSchema(provider);
  return Object.entries(provider.env).map(([key, variable]) => ({
    variable,
    key: variable.toLowerCase(),
    title: `${provider.title}: ${toWords(key)}`,
    description: [properties[key]?.description, need(provider, key)].filter(Boolean).join(' '),
    isSecret: provider.credentials.includes(key),
    isFile: false,
    provider: provider.id,
  }));
}

/** Says when the setting is needed; undefined if it is always optional. */
function need({ signIn, title }: Provider, key: string): string | undefined {
  const ways = signIn.filter(({ needs }) => needs.includes(key));
  if (ways.length === 0) return undefined;
  if (ways.length === signIn.length) return `Needed to connect ${title}.`;
  const others = ways.map(({ needs }) =>
    needs
      .filter((other) => other !== key)
      .map(toWords)
      .join(' and '),
  );
  return `Together with ${others.join(', or with ')} it connects ${title}.`;
}

function configurationFile(): Setting {
  return {
    variable: CONFIG,
    key: CONFIG.toLowerCase(),
    title: 'Configuration file',
    description: `${VARIABLES[CONFIG]?.split('. ')[0]}: policy, further connections and everything else.`,
    isSecret: false,
    isFile: true,
  };
}

/** `workspaceId` → `workspace ID` */
function toWords(key: string): string {
  return key
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .replaceAll(/\b(?:api|id|scim|url)\b/g, (word) => word.toUpperCase());
}
