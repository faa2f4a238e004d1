import { namesOf } from '../../approvals/eligibility.ts';
import { mayBeSamePerson } from '../../approvals/identity.ts';
import { isOidc } from '../../approvals/oidc/account.ts';
import { currentApprovers } from '../../approvals/oidc/current.ts';
import { createVerifier, MIN_PASSPHRASE } from '../../approvals/passphrase.ts';
import { isAnyRight } from '../../approvals/rights.ts';
import { UsageError } from '../../errors.ts';
import type { Approvals, NewApprover } from '../../store/approvals.ts';
import {
  askTwice,
  isTooShort,
  obstacleTo,
  requireKnownProviders,
  toMay,
  toPrincipals,
} from '../approver/registration.ts';
import type { Called } from '../definitions/command.ts';
import { print } from '../output.ts';
import { ownCommandLine } from '../own-command.ts';
import { readPassphrase } from '../passphrase.ts';
import { withApprovals } from '../shared-approvals.ts';
import { toTable } from '../table.ts';
import { openTerminal } from '../terminal.ts';

const NOTHING = 'Nothing was added.';
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u;

/** `approver add`. */
export async function add({ values, args }: Called<AddOptions>): Promise<number> {
  const name = (args[0] ?? '').normalize('NFC');
  if (!NAME.test(name)) throw new UsageError('NAME: letters, digits, and . _ @ - inside; at most 64 characters');
  const principals = toPrincipals(values.is ?? []);
  const may = toMay(values.may ?? []);
  const passphrase = values['passphrase-stdin'] ? await readPassphrase() : undefined;
  const terminal = passphrase === undefined ? openTerminal('approver add') : undefined;
  try {
    const ask = async () => passphrase ?? (terminal && (await askTwice(terminal, `Passphrase for ${name}`)));
    return await withApprovals(values.config, (approvals, app) => {
      requireKnownProviders(may, app.settings);
      return register(approvals, { name, principals, may }, ask);
    });
  } finally {
    terminal?.close();
  }
}

interface AddOptions {
  may?: string[];
  is?: string[];
  'passphrase-stdin'?: boolean;
  config?: string;
}

async function register(
  approvals: Approvals,
  candidate: Omit<NewApprover, 'verifier'>,
  ask: () => Promise<string | undefined>,
): Promise<number> {
  const { name, principals, may } = candidate;
  const obstacle = obstacleTo(candidate, await approvals.approvers(), NOTHING);
  if (obstacle !== undefined) return fail(obstacle);
  const passphrase = await ask();
  if (passphrase === undefined) return fail('The two are not the same. Nothing was added.');
  if (isTooShort(passphrase)) return fail(`That is shorter than ${MIN_PASSPHRASE} characters. Nothing was added.`);
  if (!(await approvals.addApprover(name, await createVerifier(passphrase), principals, may)))
    return fail(obstacleTo(candidate, await approvals.approvers(), NOTHING) ?? `${name} was not added.`);
  const what = isAnyRight(may) ? 'changes' : `changes of ${may.join(', ')}`;
  print(`${name} may now approve ${what}.`);
  return 0;
}

/** `approver list`. */
export async function list({ values: { config, json } }: Called<{ config?: string; json?: boolean }>): Promise<number> {
  const { approvers, current } = await withApprovals(config, async (approvals, { settings }) => {
    const all = await approvals.approvers();
    return { approvers: all, current: currentApprovers(all, settings.approvals.oidc) };
  });
  const rows = approvers.map((one) => ({
    name: one.name,
    may: one.may,
    is: one.principals,
    since: one.createdAt,
    signs_in_by: isOidc(one.verifier) ? ('oidc' as const) : ('passphrase' as const),
    signed_in_at: one.signedInAt ?? null,
    /** Not for a sign-in that other settings allowed. */
    counts: current.includes(one),
  }));
  if (json) print(JSON.stringify(rows));
  else if (rows.length === 0) print(`No approvers. Add one: ${ownCommandLine('approver', 'add', 'NAME')}`);
  else {
    const minute = (iso: string) => `${iso.slice(0, 16).replace('T', ' ')} UTC`;
    const signIn = ({ signed_in_at: at, counts }: (typeof rows)[number]) =>
      at === null ? 'passphrase' : `OpenID Connect, ${minute(at)}${counts ? '' : ', under other settings'}`;
    const cells = rows.map((one) => [
      one.name,
      one.may.join(', '),
      minute(one.since),
      signIn(one),
      one.is.join(', ') || '-',
    ]);
    print(toTable(['NAME', 'MAY', 'SINCE', 'SIGN-IN', 'ALSO'], cells));
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
