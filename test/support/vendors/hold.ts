import type { Vendor } from '../../../src/sandbox/index.ts';

/** An event that is signalled in one place and awaited in another. */
export function makeMoment() {
  let tell = () => {};
  const come = new Promise<void>((resolve) => (tell = resolve));
  return { come, tell };
}

/** Keeps the vendor's next request of this method waiting until it is released; then it is processed as ever. */
export function holdNext(vendor: Vendor, method: string) {
  const [arrived, released] = [makeMoment(), makeMoment()];
  vendor.faults.push({
    kind: 'run',
    method,
    async run() {
      arrived.tell();
      await released.come;
    },
  });
  return { arrived: arrived.come, release: released.tell };
}
