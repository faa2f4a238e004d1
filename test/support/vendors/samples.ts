import type { VendorSamples } from '../../../src/sandbox/samples.ts';
import { allVendors, byVendor } from '../../../src/sandbox/vendors/index.ts';

export { asObject, without } from '../../../src/sandbox/samples.ts';

const modules = await Promise.all(
  allVendors.map(
    async ({ id }) => (await import(`../../../src/sandbox/vendors/${id}/samples.ts`)) as { samples: unknown },
  ),
);

/** The `samples.ts` in the folder of every vendor of the registry. */
export const samples = byVendor((id) => {
  const found = modules[allVendors.findIndex((vendor) => vendor.id === id)];
  return found?.samples as VendorSamples; // declared so in each of these files
});
