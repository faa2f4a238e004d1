import { isOidc } from '../../approvals/oidc/account.ts';
import { MIN_PASSPHRASE } from '../../approvals/passphrase.ts';
import { createApprovalService } from '../../approvals/service.ts';
import { UsageError } from '../../errors.ts';
import type { Called } from '../definitions/command.ts';
import { print } from '../output.ts';
import { ownCommandLine } from '../own-command.ts';
import { readPassphrases } from '../passphrase.ts';
import { withApprovals } from '../shared-approvals.ts';
import { openTerminal } from '../terminal.ts';
import { askTwice, isTooShort, obstacleTo, requireKnownProviders, toMay, toPrincipals } from './registration.ts';

interface ChangeOptions {
  may?: string[];
  is?: string[];
  'no-is'?: boolean;
  config?: string;
}

/** `approver change`. */
export async function change({ values, args: [name = ''] }: Called<ChangeOptions>): Promise<number> {
  const { may, is } = values;
  if (is && values['no-is']) throw new UsageError('--is and --no-is: give one of them');
  const rights = may && toMay(may);
  const principals = values['no-is'] ? [] : is && toPrincipals(is);
  if (!rights && !principals) throw new UsageError('approver change: give --may, --is or --no-is');
  return await withApprovals(values.config, async (approvals, app) => {
    if (rights) requireKnownProviders(rights, app.settings);
    const found = (await approvals.approvers()).find((one) => one.name === name);
    if (found && isOidc(found.verifier)) {
      return fail(
        `${name} signs in by OpenID Connect: rights and names come from approvals.oidc in the configuration.`,
      );
    }
    const result = await approvals.replaceApprover(
      (one) => one.name === name && !isOidc(one.verifier),
      (one) => one && { ...one, may: rights ?? one.may, principals: principals ?? one.principals },
    );
    if (result.kind === 'unknown') return fail('There is no approver with that name.');
    if (result.kind === 'taken') {
      const changed = { name, principals: principals ?? [] };
      return fail(obstacleTo(changed, [result.by], 'Nothing was changed.') ?? 'Nothing was changed.');
    }
    await (await createApprovalService(app)).judgeAgain(name);
    print(`${name} was changed. What ${name} agreed to and is not used yet was judged again.`);
    return 0;
  });
}

/** `approver passphrase`. */
export async function changePassphrase({
  values,
  args: [name = ''],
}: Called<{ 'passphrase-stdin'?: boolean; config?: string }>): Promise<number> {
  const lines = values['passphrase-stdin'] ? await readPassphrases(2) : undefined;
  const terminal = lines ? undefined : openTerminal('approver passphrase');
  try {
    return await withApprovals(values.config, async (_, app) => {
      const service = await createApprovalService(app);
      const old = lines?.[0] ?? (await terminal?.secret(`Passphrase of ${name}: `)) ?? '';
      const signedIn = await service.signInByCommand(name, old);
      if (signedIn.kind === 'wait')
        return fail('Too many different passphrases were tried for this name; try again in an hour.');
      if (signedIn.kind !== 'ok') return fail('The name or the passphrase is not right. Nothing was changed.');
      const next = lines ? lines[1] : terminal && (await askTwice(terminal, `New passphrase for ${name}`));
      if (next === undefined) return fail('The two are not the same. Nothing was changed.');
      if (isTooShort(next)) return fail(`That is shorter than ${MIN_PASSPHRASE} characters. Nothing was changed.`);
      if (next === old) return fail('That is the passphrase of before. Nothing was changed.');
      if (!(await service.changePassphrase(signedIn.approver, next))) {
        return fail(`${name} was changed or removed meanwhile. See: ${ownCommandLine('approver', 'list')}`);
      }
      print(
        `The passphrase of ${name} was changed. Sessions of before have ended, and yeses of before that are not used yet no longer count.`,
      );
      return 0;
    });
  } finally {
    terminal?.close();
  }
}

function fail(message: string): number {
  process.stderr.write(`update-user-mcp: ${message}\n`);
  return 1;
}
