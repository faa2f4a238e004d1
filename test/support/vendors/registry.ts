import { shippedProviders } from '../../../src/config/providers/shipped.ts';
import { checkProviderFile } from '../../../src/providers/declared/check.ts';
import { PRESETS, type PresetName, presetId, readPreset } from '../../../src/providers/presets/index.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import { allVendors, type VendorId } from '../../../src/sandbox/vendors/index.ts';

/** Every provider that ships, built in or as a preset, and how a configuration gets it: tests hold all to the same. */

export interface TestedProvider {
  id: VendorId;
  provider: Provider;
  /** What a configuration has to say so that there is this provider. */
  config: { providers?: readonly string[] };
}

export const testedProviders: readonly TestedProvider[] = [
  ...shippedProviders.map((provider) => ({ id: vendorOf(provider), provider, config: {} })),
  ...(await Promise.all(PRESETS.map(fromPreset))),
];

/** For a table of `describe.each` or `it.each`, whose titles begin with the id. */
export const testedTable = testedProviders.map((tested) => [tested.id, tested] as const);

/** What a configuration says to have all of them. */
export const ALL_PRESETS = { providers: PRESETS.map((name) => `preset:${name}`) };

async function fromPreset(name: PresetName): Promise<TestedProvider> {
  const checked = checkProviderFile(await readPreset(name));
  if (!checked.ok) throw new Error(`${name}: ${JSON.stringify(checked.faults)}`);
  const { provider } = checked;
  if (provider.id !== presetId(name)) throw new Error(`${name} has the id ${provider.id}`);
  return { id: vendorOf(provider), provider, config: { providers: [`preset:${name}`] } };
}

function vendorOf({ id }: Provider): VendorId {
  const vendor = allVendors.find((one) => one.id === id);
  if (!vendor) throw new Error(`the sandbox has no vendor ${id}`);
  return vendor.id;
}
