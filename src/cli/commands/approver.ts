import { type App, createApp } from '../../app.ts';
import { namesOf } from '../../approvals/eligibility.ts';
import { mayBeSamePerson } from '../../approvals/identity.ts';
import { createVerifier, MIN_PASSPHRASE } from '../../approvals/passphrase.ts';
import { loadSettings } from '../../config/load.ts';
import { UsageError } from '../../errors.ts';
import { lookalikeForms } from '../../lib/text/lookalike.ts';
import type { Approvals, ApproverRow } from '../../store/approvals.ts';
import { parseOptions, print } from '../options.ts';
import { ownCommandLine } from '../own-command.ts';
import { toTable } from '../table.ts';
import { openTerminal } from '../terminal.ts';

const HELP = `Usage: update-user-mcp approver add NAME [--is PRINCIPAL]… | list | remove NAME
Approvers may decide on requests for approval, on the approval page or with
\`update-user-mcp approve\`.

  add NAME     asks twice for a passphrase of at least ${MIN_PASSPHRASE} characters, at the
               terminal
  list         names, other names of the same person, and registration times
  remove NAME  also ends the sessions of that name; its unused yeses no longer
               count

  --is PRINCIPAL  another name of the same person, as callers are identified:
                  the name of a token, ISSUER#SUB, an e-mail address. A caller
                  may not approve its own changes. May be given several times

Names that look alike count as one person, whatever their case or alphabet, so
a second one is refused. To rename an approver, remove it and add another.

Options: --config FILE, --json`;

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u;
const MAX_PRINCIPALS = 32;
const MAX_PRINCIPAL = 512;

export async function run(args: string[]): Promise<number> {
  const verb = args.find((arg) => ['add', 'list', 'remove'].includes(arg));
  const options = { is: { type: 'string', multiple: true } } as const;
  const parsed = parseOptions(args, HELP, options, verb === 'list' ? 1 : 2);
  if (!parsed) return 0;
  const { values, positionals } = parsed;
  const [subcommand, name = ''] = positionals;
  if (values.is && subcommand !== 'add') throw new UsageError('--is: only for approver add');
  const app = createApp(loadSettings(process.env, values.config));
  try {
    const approvals = await sharedApprovals(app);
    switch (subcommand) {
      case 'add':
        return await add(approvals, name.normalize('NFC'), toPrincipals(values.is ?? []));
      case 'list':
        return list(await approvals.approvers(), values.json ?? false);
      case 'remove':
        return await remove(approvals, name);
      default:
        throw new UsageError(`approver ${subcommand}: expected add, list or remove`);
    }
  } finally {
    await app.shutdown();
  }
}

/** Throws a UsageError for a store in memory, which no other process shares. */
export async function sharedApprovals({ settings, store }: App): Promise<Approvals> {
  if (settings.store.kind === 'memory') {
    throw new UsageError(
      `${settings.names.store}: memory is not shared with other processes; approvals need a file or PostgreSQL`,
    );
  }
  return (await store()).approvals;
}

function toPrincipals(given: readonly string[]): string[] {
  if (given.length > MAX_PRINCIPALS) throw new UsageError(`--is: at most ${MAX_PRINCIPALS} times`);
  for (const one of given) {
    const isText = one.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(one) && lookalikeForms(one).size > 0;
    if (!isText || one.length > MAX_PRINCIPAL) {
      throw new UsageError(`--is: expected the name of a caller, at most ${MAX_PRINCIPAL} characters, on one line`);
    }
  }
  return [...new Set(given)];
}

async function add(approvals: Approvals, name: string, principals: string[]): Promise<number> {
  if (!NAME.test(name)) throw new UsageError('NAME: letters, digits, and . _ @ - inside; at most 64 characters');
  const terminal = openTerminal('approver add');
  try {
    const obstacle = obstacleTo({ name, principals }, await approvals.approvers());
    if (obstacle !== undefined) return fail(obstacle);
    const passphrase = await terminal.secret(`Passphrase for ${name} (at least ${MIN_PASSPHRASE} characters): `);
    if ([...passphrase].length < MIN_PASSPHRASE)
      return fail(`That is shorter than ${MIN_PASSPHRASE} characters. Nothing was added.`);
    if ((await terminal.secret('Once more: ')) !== passphrase)
      return fail('The two are not the same. Nothing was added.');
    if (!(await approvals.addApprover(name, await createVerifier(passphrase), principals)))
      return fail(obstacleTo({ name, principals }, await approvals.approvers()) ?? `${name} was not added.`);
    print(`${name} may now approve changes.`);
    return 0;
  } finally {
    terminal.close();
  }
}

/** Why this approver cannot be added; undefined if possible. */
function obstacleTo(
  candidate: Pick<ApproverRow, 'name' | 'principals'>,
  approvers: readonly ApproverRow[],
): string | undefined {
  const { name } = candidate;
  if (approvers.some((one) => one.name === name)) return `${name} is already an approver.`;
  const like = approvers.find((one) => mayBeSamePerson([one.name], [name]));
  if (like) {
    return `"${name}" looks like the approver "${like.name}": people could not tell the two apart, so they would count as one person. Nothing was added. Choose another name, or remove "${like.name}" first.`;
  }
  const same = approvers.find((one) => mayBeSamePerson(namesOf(one), namesOf(candidate)));
  if (!same) return undefined;
  return `The approver "${same.name}" is already registered as that person (by name or --is), and one person cannot be two approvers. Nothing was added. See: ${ownCommandLine('approver', 'list')}`;
}

function list(approvers: readonly ApproverRow[], json: boolean): number {
  const rows = approvers.map(({ name, principals, createdAt }) => ({ name, is: principals, since: createdAt }));
  if (json) print(JSON.stringify(rows));
  else if (rows.length === 0) print(`No approvers. Add one: ${ownCommandLine('approver', 'add', 'NAME')}`);
  else {
    const minute = (iso: string) => `${iso.slice(0, 16).replace('T', ' ')} UTC`;
    const cells = rows.map(({ name, is, since }) => [name, minute(since), is.length > 0 ? is.join(', ') : '-']);
    print(toTable(['NAME', 'SINCE', 'ALSO'], cells));
  }
  for (const [index, one] of approvers.entries()) {
    const like = approvers.slice(0, index).find((other) => mayBeSamePerson(namesOf(other), namesOf(one)));
    if (!like) continue;
    process.stderr.write(
      `"${like.name}" and "${one.name}" count as one person. To make them two people, remove one and add it under another name.\n`,
    );
  }
  return 0;
}

async function remove(approvals: Approvals, name: string): Promise<number> {
  if (!(await approvals.removeApprover(name))) return fail(`There is no approver with that name.`);
  print(`${name} may no longer approve changes.`);
  return 0;
}

function fail(message: string): number {
  process.stderr.write(`update-user-mcp: ${message}\n`);
  return 1;
}
