import type { Vendor } from '../../src/sandbox/index.ts';

/** The vendor neither carries out nor answers the next request of this method until it is let go. */
export function hold(vendor: Vendor, method: 'GET' | 'PUT'): () => void {
  let letGo = () => {};
  const gone = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  vendor.faults.push({ kind: 'run', method, run: () => gone });
  return letGo;
}
