import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Vendor } from '../../../src/sandbox/index.ts';

/** The fault table: for each fault, the outcome, the writes on the wire, and what the vendor holds in the end. */

export const LIMITS = { attempts: 3 };
/** For a vendor that never responds to a write, but has to be read before and after it under the same limit. */
export const PATIENT = { requestSeconds: 4 };
const HASTY = { requestSeconds: 1 };
const FOREIGN = 'FOREIGN words of a vendor';
export const FIELDS = { awork: 'position', mediasilo: 'company', atomicwork: 'title', dayzero: 'last_name' } as const;
export type Tested = keyof typeof FIELDS;

export interface Row {
  vendor?: Tested;
  faults: readonly Fault[];
  limits?: { requestSeconds: number };
  outcome: string;
  code?: string;
  /** Writes that arrived at the vendor, processed or not. */
  puts: number;
  /** Whether the vendor holds the new value in the end. */
  written: boolean;
  message?: RegExp;
}

export const html = `<!doctype html><title>${FOREIGN}</title>`;
export const every = 99;
export const status = (
  code: number,
  more: Partial<Fault> & { headers?: Record<string, string>; body?: string } = {},
): Fault => ({ kind: 'status', status: code, ...more }) as Fault;
const soon = () => ({ 'retry-after': new Date(Date.now() + 1500).toUTCString() });

const refused = (code: number) => JSON.stringify({ success: false, message: FOREIGN, code, data: null });

const unavailable = { outcome: 'failed', code: 'upstream_unavailable' };
const updated = { outcome: 'updated', puts: 1, written: true };
const onlyRead = { puts: 0, written: false };

/** A body that is JSON and no user record. */
function noRecord(vendor: Tested, body: object): Row {
  const faults = [status(200, { body: JSON.stringify(body), times: every })];
  return { vendor, faults, ...unavailable, ...onlyRead, message: /not a user record/ };
}

export const reads: Record<string, Row> = {
  'no answer': {
    faults: [{ kind: 'hang' }],
    limits: HASTY,
    ...unavailable,
    ...onlyRead,
    message: /did not answer in time/,
  },
  'a reset': { faults: [{ kind: 'reset-before' }], ...updated },
  'resets without end': { faults: [{ kind: 'reset-after', times: every }], ...unavailable, ...onlyRead },
  '429 with seconds': { faults: [status(429, { headers: { 'retry-after': '1' } })], ...updated },
  '429 with a date': { faults: [status(429, { headers: soon() })], ...updated },
  '429 with RateLimit-Reset': { faults: [status(429, { headers: { 'ratelimit-reset': '1' } })], ...updated },
  '429 without end': {
    faults: [status(429, { times: every, headers: { 'retry-after': '0' } })],
    ...{ outcome: 'failed', code: 'rate_limited' },
    ...onlyRead,
  },
  '429 for an hour': {
    faults: [status(429, { headers: { 'retry-after': '3600' } })],
    ...{ outcome: 'failed', code: 'rate_limited' },
    ...onlyRead,
  },
  '420': { vendor: 'mediasilo', faults: [status(420, { headers: { 'retry-after': '0' } })], ...updated },
  '502': { faults: [status(502)], ...updated },
  '503 twice': { faults: [status(503, { times: 2 })], ...updated },
  '504': { faults: [status(504)], ...updated },
  '503 without end': { faults: [status(503, { times: every })], ...unavailable, ...onlyRead },
  '500': { faults: [status(500)], ...unavailable, ...onlyRead },
  'a web page with 200': { faults: [status(200, { body: html })], ...unavailable, ...onlyRead, message: /not JSON/ },
  'a web page with 502': { faults: [status(502, { body: html })], ...updated },
  'JSON cut off': { faults: [status(200, { body: '{"id":"6e1f' })], ...unavailable, ...onlyRead },
  'nothing with 200': { faults: [status(200, { body: '' })], ...unavailable, ...onlyRead },
  'a list with 200': { faults: [status(200, { body: '[]' })], ...unavailable, ...onlyRead },
  'an empty object with 200': noRecord('awork', {}),
  'an empty object of a vendor that merges': noRecord('atomicwork', {}),
  'an empty envelope': noRecord('mediasilo', { data: {} }),
  'an envelope of nothing': noRecord('dayzero', { success: true, message: FOREIGN, code: 200, data: null }),
  'an undocumented envelope': noRecord('awork', { user: { id: 'a', firstName: 'A' } }),
  'a notice with 200': noRecord('awork', { code: 'server-error', description: FOREIGN, link: 'x' }),
  'a record of nothing': noRecord('awork', { id: null, firstName: null }),
  'a refusal with 200': {
    vendor: 'dayzero',
    faults: [status(200, { body: refused(404) })],
    ...{ outcome: 'failed', code: 'not_found' },
    ...onlyRead,
  },
  'an outage with 200': { vendor: 'dayzero', faults: [status(200, { body: refused(503) })], ...updated },
  'the record of another user': {
    faults: [status(200, { body: '{"id":"another-user","position":"x"}' })],
    ...{ outcome: 'failed', code: 'not_found' },
    ...onlyRead,
  },
  'a bomb': { faults: [{ kind: 'gzip-bomb' }], ...unavailable, ...onlyRead, message: /larger than/ },
};

const lostAndOld = { ...unavailable, puts: 1, written: false, message: /still holds the old values/ };
const lostAndNew = { ...updated, message: /reply was lost/ };
const doubtful = { outcome: 'unverified', code: 'unverified', puts: 1 };
const blind = (vendor: Vendor) => void vendor.faults.push({ kind: 'status', status: 500, method: 'GET', times: every });

/** Resolves once the record is read back: by then the server has given up on the write. */
async function givenUp({ requests }: Vendor): Promise<void> {
  while (requests.at(-1)?.method !== 'GET') await sleep(5, undefined, { ref: false });
}

export const writes: Record<string, Row> = {
  'no answer, not processed so far': {
    faults: [{ kind: 'hang' }],
    limits: PATIENT,
    ...doubtful,
    written: false,
    message: /may yet carry it out/,
  },
  'no answer, processed': { faults: [{ kind: 'hang-after' }], limits: PATIENT, ...lostAndNew },
  'no answer, processed later than we wait': {
    faults: [{ kind: 'run', run: givenUp }],
    limits: PATIENT,
    ...lostAndNew,
  },
  'an answer later than we wait': {
    faults: [{ kind: 'delay-after', delayMs: 5000 }],
    limits: PATIENT,
    ...lostAndNew,
  },
  'a reset, not processed': { faults: [{ kind: 'reset-before' }], ...lostAndOld },
  'a reset, processed': { faults: [{ kind: 'reset-after' }], ...lostAndNew },
  '429 with seconds': { faults: [status(429, { headers: { 'retry-after': '1' } })], ...updated, puts: 2 },
  '429 with a date': { faults: [status(429, { headers: soon() })], ...updated, puts: 2 },
  '429 with RateLimit-Reset': { faults: [status(429, { headers: { 'ratelimit-reset': '1' } })], ...updated, puts: 2 },
  '429 without end': {
    faults: [status(429, { times: every, headers: { 'retry-after': '0' } })],
    ...{ outcome: 'failed', code: 'rate_limited', puts: 3, written: false, message: /Nothing was changed/ },
  },
  '420': { vendor: 'mediasilo', faults: [status(420, { headers: { 'retry-after': '0' } })], ...updated, puts: 2 },
  '429, then a reset': {
    faults: [status(429, { headers: { 'retry-after': '0' } }), { kind: 'reset-after' }],
    ...lostAndNew,
    puts: 2,
  },
  '500': { faults: [status(500)], ...lostAndOld },
  '502': { faults: [status(502)], ...lostAndOld },
  '503': { faults: [status(503, { headers: { 'retry-after': '0' } })], ...lostAndOld },
  '504': { faults: [status(504)], ...lostAndOld },
  '502, though processed': { faults: [status(502, { delayMs: 300 })], ...lostAndNew },
  'a web page with 502': { faults: [status(502, { body: html })], ...lostAndOld },
  'a web page with 200': { faults: [status(200, { body: html })], ...doubtful, written: false },
  'JSON cut off': { faults: [status(200, { body: '{"id":"6e1f' })], ...doubtful, written: false },
  'a bomb': { faults: [{ kind: 'gzip-bomb' }], ...lostAndOld },
  '400 with a sentence': {
    faults: [status(400, { body: JSON.stringify({ code: 'x', description: FOREIGN }) })],
    ...{ outcome: 'failed', code: 'upstream_rejected', puts: 1, written: false, message: /\(quoted\): “FOREIGN/ },
  },
  'refused with 200': {
    vendor: 'dayzero',
    faults: [status(200, { body: refused(422) })],
    ...{ outcome: 'failed', code: 'upstream_rejected', puts: 1, written: false, message: /still holds the old values/ },
  },
  'an error with 200': {
    vendor: 'atomicwork',
    faults: [status(200, { body: JSON.stringify({ error: FOREIGN, code: 'x' }) })],
    ...{ outcome: 'failed', code: 'upstream_rejected', puts: 1, written: false },
  },
  'told to slow down with 200': {
    vendor: 'dayzero',
    faults: [status(200, { body: refused(429) })],
    ...{ outcome: 'failed', code: 'rate_limited', puts: 1, written: false, message: /still holds the old values/ },
  },
  'sent elsewhere, though processed': { faults: [status(303, { delayMs: 300 })], ...lostAndNew },
  'timed out at a gateway, though processed': { faults: [status(408, { delayMs: 300 })], ...lostAndNew },
  'accepted, then no record with 200': {
    faults: [
      {
        kind: 'run',
        run: (vendor) => void vendor.faults.push({ ...status(200, { body: '{}' }), method: 'GET', times: every }),
      },
    ],
    ...doubtful,
    written: true,
    message: /could not be read back/,
  },
  'accepted but not applied': { faults: [{ kind: 'ignore' }], ...doubtful, written: false, message: /old value/ },
  'accepted, then not readable': {
    faults: [{ kind: 'run', run: blind }],
    ...doubtful,
    written: true,
    message: /could not be read back/,
  },
  'reply lost, then not readable': {
    faults: [{ kind: 'run', run: (vendor) => givenUp(vendor).then(() => blind(vendor)) }],
    limits: PATIENT,
    ...doubtful,
    written: true,
    message: /could not be read back/,
  },
};
