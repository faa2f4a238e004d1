import { namesOf } from '../../approvals/eligibility.ts';
import { mayBeSamePerson } from '../../approvals/identity.ts';
import { createVerifier, MIN_PASSPHRASE } from '../../approvals/passphrase.ts';
import { UsageError } from '../../errors.ts';
import { lookalikeForms } from '../../lib/text/lookalike.ts';
import type { Approvals, ApproverRow } from '../../store/approvals.ts';
import type { Called } from '../definitions/command.ts';
import { print } from '../output.ts';
import { ownCommandLine } from '../own-command.ts';
import { readPassphrase } from '../passphrase.ts';
import { withApprovals } from '../shared-approvals.ts';
import { toTable } from '../table.ts';
import { openTerminal, type Terminal } from '../terminal.ts';

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u;
const MAX_PRINCIPALS = 32;
const MAX_PRINCIPAL = 512;

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

/** `approver add`. */
export async function add({ values, args }: Called<AddOptions>): Promise<number> {
  const name = (args[0] ?? '').normalize('NFC');
  if (!NAME.test(name)) throw new UsageError('NAME: letters, digits, and . _ @ - inside; at most 64 characters');
  const principals = toPrincipals(values.is ?? []);
  const passphrase = values['passphrase-stdin'] ? await readPassphrase() : undefined;
  const terminal = passphrase === undefined ? openTerminal('approver add') : undefined;
  try {
    const ask = async () => passphrase ?? (terminal && (await askTwice(terminal, name)));
    return await withApprovals(values.config, (approvals) => register(approvals, { name, principals }, ask));
  } finally {
    terminal?.close();
  }
}

interface AddOptions {
  is?: string[];
  'passphrase-stdin'?: boolean;
  config?: string;
}

const tooShort = (passphrase: string) => [...passphrase].length < MIN_PASSPHRASE;

/** Undefined if the two differ. A short one is not asked for again. */
async function askTwice(terminal: Terminal, name: string): Promise<string | undefined> {
  const passphrase = await terminal.secret(`Passphrase for ${name} (at least ${MIN_PASSPHRASE} characters): `);
  return tooShort(passphrase) || (await terminal.secret('Once more: ')) === passphrase ? passphrase : undefined;
}

async function register(
  approvals: Approvals,
  candidate: NewApprover,
  ask: () => Promise<string | undefined>,
): Promise<number> {
  const { name, principals } = candidate;
  const obstacle = obstacleTo(candidate, await approvals.approvers());
  if (obstacle !== undefined) return fail(obstacle);
  const passphrase = await ask();
  if (passphrase === undefined) return fail('The two are not the same. Nothing was added.');
  if (tooShort(passphrase)) return fail(`That is shorter than ${MIN_PASSPHRASE} characters. Nothing was added.`);
  if (!(await approvals.addApprover(name, await createVerifier(passphrase), principals)))
    return fail(obstacleTo(candidate, await approvals.approvers()) ?? `${name} was not added.`);
  print(`${name} may now approve changes.`);
  return 0;
}

type NewApprover = Pick<ApproverRow, 'name' | 'principals'>;

/** Why this approver cannot be added; undefined if possible. */
function obstacleTo(candidate: NewApprover, approvers: readonly ApproverRow[]): string | undefined {
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

/** `approver list`. */
export async function list({ values: { config, json } }: Called<{ config?: string; json?: boolean }>): Promise<number> {
  const approvers = await withApprovals(config, (approvals) => approvals.approvers());
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

/** `approver remove`. */
export async function remove({ values, args: [name = ''] }: Called<{ config?: string }>): Promise<number> {
  if (!(await withApprovals(values.config, (approvals) => approvals.removeApprover(name))))
    return fail(`There is no approver with that name.`);
  print(`${name} may no longer approve changes.`);
  return 0;
}

function fail(message: string): number {
  process.stderr.write(`update-user-mcp: ${message}\n`);
  return 1;
}
