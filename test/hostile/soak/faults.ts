import type { Fault, VendorId } from '../../../src/sandbox/index.ts';
import { testedProviders } from '../../support/vendors/registry.ts';
import { samples } from '../../support/vendors/samples.ts';
import type { Random } from './random.ts';

/** What may go wrong at a vendor in a round. Nothing here is processed later than a caller waits for. */
export function faultFor(vendor: VendorId, random: Random, slow: boolean): Fault {
  const { method: write = 'PUT' } = samples[vendor];
  const method = random.pick(['GET', write, write]);
  const provider = testedProviders.find(({ id }) => id === vendor)?.provider;
  // Where a write replaces the record, another client's edit between reading and writing is lost by the vendor's design.
  const merges = provider?.write.encoding !== 'replace';
  // A password is never returned: there is no way to verify that the vendor kept one that it accepted.
  const showsAll = Object.values(provider?.fields ?? {}).every(({ readback }) => readback !== false);
  const faults: Fault[] = [
    { kind: 'status', method, status: random.pick([400, 401, 403, 404, 409]) },
    { kind: 'status', method, status: 429, headers: { 'retry-after': '0' } },
    { kind: 'reset-before', method: 'GET' },
    { kind: 'reset-after', method },
    { kind: 'delay', method, delayMs: random.below(400) },
    { kind: 'delay-after', method, delayMs: random.below(400) },
    { kind: 'echo', method },
    { kind: 'status', method: 'GET', status: 200, body: '{"id":' },
    ...(merges
      ? [{ kind: 'foreign-write' as const, method, patch: { x_foreign: `theirs ${random.below(1000)}` } }]
      : []),
    ...(slow
      ? ([
          { kind: showsAll ? 'ignore' : 'reset-before', method: write },
          { kind: 'reset-before', method: write },
          { kind: 'hang', method: write },
          { kind: 'hang-after', method: write },
          { kind: 'status', method: write, status: random.pick([500, 502, 503]) },
        ] satisfies Fault[])
      : []),
  ];
  return slow ? (faults.at(-1 - random.below(5)) ?? random.pick(faults)) : random.pick(faults);
}
