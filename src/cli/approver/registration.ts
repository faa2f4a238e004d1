import { namesOf } from '../../approvals/eligibility.ts';
import { mayBeSamePerson } from '../../approvals/identity.ts';
import { MIN_PASSPHRASE } from '../../approvals/passphrase.ts';
import { providerOfRight, RIGHT_SYNTAX, toRights } from '../../approvals/rights.ts';
import type { Settings } from '../../config/load.ts';
import { UsageError } from '../../errors.ts';
import { lookalikeForms } from '../../lib/text/lookalike.ts';
import type { ApproverRow } from '../../store/approvals.ts';
import { ownCommandLine } from '../own-command.ts';
import type { Terminal } from '../terminal.ts';

/** What is said about an approver on the command line, and whether it can be registered. */

const MAX_PRINCIPALS = 32;
const MAX_PRINCIPAL = 512;

/** The values of `--is`. Throws a UsageError. */
export function toPrincipals(given: readonly string[]): string[] {
  if (given.length > MAX_PRINCIPALS) throw new UsageError(`--is: at most ${MAX_PRINCIPALS} times`);
  for (const one of given) {
    const isText = one.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(one) && lookalikeForms(one).size > 0;
    if (!isText || one.length > MAX_PRINCIPAL) {
      throw new UsageError(`--is: expected the name of a caller, at most ${MAX_PRINCIPAL} characters, on one line`);
    }
  }
  return [...new Set(given)];
}

/** The values of `--may`. Throws a UsageError. */
export function toMay(given: readonly string[]): string[] {
  const rights = toRights(given);
  if ('wrong' in rights) throw new UsageError(`--may: expected ${RIGHT_SYNTAX}`);
  return rights.may;
}

/** Throws a UsageError for a right at a provider that does not exist: nobody would ever need it. */
export function requireKnownProviders(may: readonly string[], { providers }: Settings): void {
  const known = providers.map(({ id }) => id);
  const wrong = may.map(providerOfRight).find((id) => id !== '*' && !known.includes(id));
  if (wrong !== undefined) {
    throw new UsageError(`--may: there is no provider "${wrong}"; known are ${known.toSorted().join(', ')}`);
  }
}

/** Why this approver cannot be registered beside the others; undefined if possible. */
export function obstacleTo(
  candidate: Pick<ApproverRow, 'name' | 'principals'>,
  others: readonly ApproverRow[],
  nothing: string,
): string | undefined {
  const { name } = candidate;
  if (others.some((one) => one.name === name)) return `${name} is already an approver.`;
  const like = others.find((one) => mayBeSamePerson([one.name], [name]));
  if (like) {
    return `"${name}" looks like the approver "${like.name}": people could not tell the two apart, so they would count as one person. ${nothing} Choose another name, or remove "${like.name}" first.`;
  }
  const same = others.find((one) => mayBeSamePerson(namesOf(one), namesOf(candidate)));
  if (!same) return undefined;
  return `The approver "${same.name}" is already registered as that person (by name or --is), and one person cannot be two approvers. ${nothing} See: ${ownCommandLine('approver', 'list')}`;
}

/** Whether a passphrase has too few characters. */
export function isTooShort(passphrase: string): boolean {
  return [...passphrase].length < MIN_PASSPHRASE;
}

/** Undefined if the two differ. A short one is not asked for again. */
export async function askTwice(terminal: Terminal, label: string): Promise<string | undefined> {
  const passphrase = await terminal.secret(`${label} (at least ${MIN_PASSPHRASE} characters): `);
  return isTooShort(passphrase) || (await terminal.secret('Once more: ')) === passphrase ? passphrase : undefined;
}
