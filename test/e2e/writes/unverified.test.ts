import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Fault, JsonRecord, JsonValue, Vendor } from '../../../src/sandbox/index.ts';
import { idOf } from '../../../src/sandbox/people.ts';
import { runProgram } from '../../support/program/run-program.ts';
import { ERAS, listed, startStdioProgram } from '../../support/program/stdio-program.ts';

/** A change that may or may not have been made keeps the reason in the audit log, for the agent and for the operator. */

const blind = ({ faults }: Vendor) => void faults.push({ kind: 'status', status: 500, method: 'GET', times: 99 });

/** Resolves once the record is read back: by then the server has given up on the write. */
async function givenUp({ requests }: Vendor): Promise<void> {
  while (requests.at(-1)?.method !== 'GET') await sleep(5, undefined, { ref: false });
}

interface Case {
  vendor?: 'mediasilo';
  fault: Fault;
  set?: Record<string, JsonValue>;
  prepare?: (record: JsonRecord) => void;
  detail: string;
}
const CASES: Record<string, Case> = {
  'accepted, then not readable': {
    fault: { kind: 'run', run: blind },
    detail: 'the record could not be read back',
  },
  'no reply, then not readable': {
    fault: { kind: 'run', run: (vendor) => givenUp(vendor).then(() => blind(vendor)) },
    detail: 'the record could not be read back after a lost reply',
  },
  'accepted, and not done': { fault: { kind: 'ignore' }, detail: 'still the old value: position' },
  'no reply, and perhaps done later': {
    fault: { kind: 'hang' },
    detail: 'still the old value, and the vendor may yet carry it out: position',
  },
  'accepted, and not shown': {
    fault: { kind: 'ignore' },
    prepare: (record) => void delete record['position'],
    detail: 'not shown when read back: position',
  },
  'no reply, and never shown': {
    vendor: 'mediasilo',
    fault: { kind: 'reset-before' },
    set: { password: 'A-new-pass1' },
    detail: 'reply lost, and it cannot be read back: password',
  },
};

describe.each(ERAS)('in the era of %s', (era) => {
  it.each(Object.keys(CASES))(
    '%s',
    async (name) => {
      const { vendor = 'awork', fault, set = { position: 'Pilot' }, prepare, detail } = CASES[name] as Case;
      const policy = { allowSecretInput: true, rules: [{ field: '*', decision: 'allow' }] };
      const program = await startStdioProgram(era, { config: { policy, limits: { requestSeconds: 4 } } });
      const user_id = idOf(vendor, 'jane');
      const { users, faults } = program.server.sandbox.vendors[vendor];
      prepare?.(users.get(user_id) ?? {});
      faults.push({ method: 'PUT', ...fault });
      const { is, text } = await program.call(`${vendor}_update_user`, { user_id, set });
      expect(is, text).toMatchObject({ outcome: 'unverified', code: 'unverified' });
      faults.length = 0;

      const [entry] = await listed(program, 1);
      expect(entry).toMatchObject({ change_id: is['change_id'], outcome: 'unverified' });
      expect(detail.startsWith(String(entry?.['detail']))).toBe(true);
      const { stdout } = await runProgram(['changes', 'export'], program.server.env);
      const last = stdout.trimEnd().split('\n').at(-1) ?? '{}';
      expect(JSON.parse(last)).toMatchObject({ kind: 'closed', outcome: 'unverified', body: { detail } });
    },
    60_000,
  );
});
