/** Provider files that ship, by the name in `preset:NAME`. Each is read only where something names it. */
const files = {
  okta: () => import('./okta.json', { with: { type: 'json' } }),
  keycloak: () => import('./keycloak.json', { with: { type: 'json' } }),
  'microsoft-graph': () => import('./microsoft-graph.json', { with: { type: 'json' } }),
  zendesk: () => import('./zendesk.json', { with: { type: 'json' } }),
} as const satisfies Readonly<Record<string, () => Promise<{ default: unknown }>>>;

export type PresetName = keyof typeof files;

export const PRESETS = Object.keys(files) as readonly PresetName[]; // exactly the keys of the type

export function isPreset(name: string): name is PresetName {
  return Object.hasOwn(files, name);
}

/** The id of the provider of a preset, which no other file may have. */
export function presetId(name: PresetName): string {
  return name.replaceAll('-', '_');
}

/** The content of a preset, unchecked. */
export async function readPreset(name: PresetName): Promise<unknown> {
  return (await files[name]()).default;
}
