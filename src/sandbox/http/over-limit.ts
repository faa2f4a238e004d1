import type { VendorResponse } from '../define-vendor.ts';
import type { LiveVendor } from '../vendor.ts';

interface Period {
  start: number;
  requests: number;
}

const periods = new WeakMap<LiveVendor, Period>();

/** Counts a request at `at` (ms). The response to one too many for the option `rateLimit`; undefined for the others. */
export function overLimit(vendor: LiveVendor, at: number): VendorResponse | undefined {
  const { rateLimit } = vendor.options;
  if (!rateLimit) return undefined;
  const last = periods.get(vendor);
  const period = last && at - last.start < rateLimit.perMs ? last : { start: at, requests: 0 };
  periods.set(vendor, period);
  period.requests += 1;
  if (period.requests <= rateLimit.requests) return undefined;
  const { retryAfter } = rateLimit;
  const refusal = vendor.definition.error(429, 'Too many requests');
  const headers = { ...refusal.headers, ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }) };
  return { ...refusal, headers };
}
