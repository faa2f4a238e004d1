import { MIN_PASSPHRASE, makeVerifier } from '../approvals/passphrase.ts';
import { loadSettings } from '../config/load.ts';
import { UsageError } from '../errors.ts';
import { buildParts, type Parts } from '../parts.ts';
import type { Approvals, ApproverRow } from '../store/approvals.ts';
import { print, readOptions } from './options.ts';
import { toTable } from './table.ts';
import { openTerminal } from './terminal.ts';

const HELP = `Usage: update-user-mcp approver add NAME | list | remove NAME
Who may approve changes that wait for a person, at the approval page or with \`update-user-mcp approve\`.

  add NAME     asks for a passphrase of at least ${MIN_PASSPHRASE} characters, twice, at the terminal
  list         names, since when, and who is locked after wrong passphrases
  remove NAME  also ends the sign-ins of that name

Options: --config FILE, --json`;

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u;

export async function run(args: string[]): Promise<number> {
  const [verb] = args.filter((arg) => !arg.startsWith('-'));
  const parsed = readOptions(args, HELP, {}, verb === 'list' ? 1 : 2);
  if (!parsed) return 0;
  const { values, positionals } = parsed;
  const parts = buildParts(loadSettings(process.env, values.config));
  const [, name = ''] = positionals;
  try {
    const approvals = await sharedApprovals(parts);
    switch (verb) {
      case 'add':
        return await add(approvals, name);
      case 'list':
        return list(await approvals.approvers(), values.json ?? false);
      case 'remove':
        return await remove(approvals, name);
      default:
        throw new UsageError(`approver ${verb}: expected add, list or remove`);
    }
  } finally {
    await parts.stop();
  }
}

/** The approvals of a store that other processes see too. */
export async function sharedApprovals({ settings, store }: Parts): Promise<Approvals> {
  if (settings.store.kind === 'memory') {
    throw new UsageError(
      `${settings.names.store}: memory is not shared with other processes; approvals need a file or PostgreSQL`,
    );
  }
  return (await store()).approvals;
}

async function add(approvals: Approvals, name: string): Promise<number> {
  if (!NAME.test(name)) throw new UsageError('NAME: letters, digits, and . _ @ - inside; at most 64 characters');
  const terminal = openTerminal('approver add');
  try {
    if ((await approvals.approvers()).some((one) => one.name === name)) return fail(`${name} is an approver already.`);
    const passphrase = await terminal.secret(`Passphrase for ${name} (at least ${MIN_PASSPHRASE} characters): `);
    if ([...passphrase].length < MIN_PASSPHRASE)
      return fail(`That is shorter than ${MIN_PASSPHRASE} characters. Nothing was added.`);
    if ((await terminal.secret('Once more: ')) !== passphrase)
      return fail('The two are not the same. Nothing was added.');
    if (!(await approvals.addApprover(name, await makeVerifier(passphrase))))
      return fail(`${name} is an approver already.`);
    print(`${name} may now approve changes.`);
    return 0;
  } finally {
    terminal.close();
  }
}

function list(approvers: readonly ApproverRow[], json: boolean): number {
  const rows = approvers.map(({ name, createdAt, lockedUntil }) => ({
    name,
    since: createdAt,
    locked_until: lockedUntil > Date.now() ? new Date(lockedUntil).toISOString() : null,
  }));
  if (json) print(JSON.stringify(rows));
  else if (rows.length === 0) print('No approvers. Add one: update-user-mcp approver add NAME');
  else {
    const minute = (iso: string) => iso.slice(0, 16).replace('T', ' ');
    print(
      toTable(
        ['NAME', 'SINCE', 'LOCKED'],
        rows.map(({ name, since, locked_until }) => [
          name,
          minute(since),
          locked_until ? `until ${minute(locked_until)} UTC` : 'no',
        ]),
      ),
    );
  }
  return 0;
}

async function remove(approvals: Approvals, name: string): Promise<number> {
  if (!(await approvals.removeApprover(name))) return fail(`There is no approver of that name.`);
  print(`${name} may not approve changes any more.`);
  return 0;
}

function fail(message: string): number {
  process.stderr.write(`update-user-mcp: ${message}\n`);
  return 1;
}
