import { shippedProviders } from '../config/providers/shipped.ts';
import { namesIn } from '../providers/interpret/template.ts';
import { PRESETS, type PresetName, presetId } from '../providers/presets/index.ts';
import type { Provider } from '../providers/provider.ts';
import { providerNamed } from './known-provider.ts';

/** Names of the environment variables that a configuration refers to. */
export interface Variables {
  required: readonly string[];
  optional: readonly string[];
}

/** The named providers, or else those of which a variable is set. */
export async function chooseProviders(named: string[] | undefined): Promise<Provider[]> {
  if (named) {
    const presets = await Promise.all(PRESETS.filter((preset) => named.includes(presetId(preset))).map(presetProvider));
    return [...new Set(named)].map((id) => providerNamed([...shippedProviders, ...presets], id, PRESETS.map(presetId)));
  }
  return shippedProviders.filter(({ env }) =>
    Object.entries(env).some(([key, name]) => key !== 'baseUrl' && process.env[name]),
  );
}

/** The preset of a provider, which only a configuration file can name. */
export function presetOf({ id }: Provider): PresetName | undefined {
  return PRESETS.find((preset) => presetId(preset) === id);
}

async function presetProvider(name: PresetName): Promise<Provider> {
  const { readProviders } = await import('../config/providers/read.ts');
  const [provider] = await readProviders([{ kind: 'preset', name }]);
  if (!provider) throw new TypeError(`preset:${name} describes no provider`);
  return provider;
}

/** What a new configuration file says about connections, and the variables that it refers to. */
export interface Starter {
  /** Empty without providers: every provider whose variables are set is connected all the same. */
  connections: { providers?: string[]; connections?: Record<string, Record<string, string>> };
  variables: Variables;
}

/** `reference`: how a setting refers to the value of this variable, if not to the variable itself. */
export function starterConnections(
  chosen: readonly Provider[],
  reference: (variable: string, kind: keyof Variables) => string | undefined = () => undefined,
): Starter {
  const settings = chosen.map((provider) => ({ provider, ...settingsOf(provider) }));
  const toVariables = (kind: keyof Variables) =>
    settings.flatMap((one) => one[kind].flatMap((key) => one.provider.env[key] ?? []));
  const connections = Object.fromEntries(settings.map((one) => [one.provider.id, toConnection(one, reference)]));
  const presets = chosen.flatMap((provider) => presetOf(provider) ?? []).map((preset) => `preset:${preset}`);
  return {
    connections: { ...(presets.length > 0 && { providers: presets }), ...(chosen.length > 0 && { connections }) },
    variables: { required: toVariables('required'), optional: toVariables('optional') },
  };
}

/** Keys of a provider's settings. */
interface SettingKeys {
  required: readonly string[];
  optional: readonly string[];
}

/** The keys of one way to sign in, preferably one whose variables are set, and the optional ones that go with it. */
function settingsOf({ env, signIn, headers = {} }: Provider): SettingKeys {
  const isSet = (key: string) => Boolean(process.env[env[key] ?? '']);
  const { needs: required } = signIn.find(({ needs }) => needs.every(isSet)) ?? signIn[0];
  // A key of another way to sign in is optional if it fills a header that every way has.
  const isAddition = (key: string) => Object.values(headers).some((template) => namesIn(template).includes(key));
  const optional = Object.keys(env).filter((key) => {
    return !required.includes(key) && (!signIn.some(({ needs }) => needs.includes(key)) || isAddition(key));
  });
  return { required, optional };
}

/** A connection with references to environment variables; an empty default means that the setting is not given. */
function toConnection(
  { provider: { id, env }, required, optional }: SettingKeys & { provider: Provider },
  reference: (variable: string, kind: keyof Variables) => string | undefined,
): Record<string, string> {
  const refer = (key: string, kind: keyof Variables, otherwise: string) => {
    return [key, reference(env[key] ?? '', kind) ?? `\${env:${env[key]}${otherwise}}`];
  };
  return {
    provider: id,
    ...Object.fromEntries(required.map((key) => refer(key, 'required', ''))),
    ...Object.fromEntries(optional.map((key) => refer(key, 'optional', ':-'))),
  };
}
