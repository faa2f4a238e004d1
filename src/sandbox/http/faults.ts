import type { Fault, RecordedRequest, Vendor } from '../types.ts';

/** The first fault that matches the request. It is removed after its last time. */
export function takeFault(vendor: Vendor, request: RecordedRequest): Fault | undefined {
  const index = vendor.faults.findIndex((fault) => isHit(fault, request));
  const fault = vendor.faults[index];
  if (!fault) return undefined;
  const left = (fault.times ?? 1) - 1;
  // Counts down in a copy, so that the object of the test does not change.
  if (left > 0) vendor.faults[index] = { ...fault, times: left };
  else vendor.faults.splice(index, 1);
  return fault;
}

function isHit(fault: Fault, request: RecordedRequest): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== request.method) return false;
  if (fault.path === undefined) return true;
  if (typeof fault.path === 'string') return request.path.includes(fault.path);
  // search() ignores the `lastIndex` that a /g expression keeps between calls.
  return request.path.search(fault.path) >= 0;
}
