import type { Settings } from '../config/load.ts';
import { wildcardAllowances } from '../config/providers/wildcard-rules.ts';
import { shadowedRules } from '../config/shadowed-rules.ts';
import { isLike } from '../update/policy/text-pattern.ts';

/** Fields of provider files that rules allow which do not name the file's provider. */
function allowedByWildcard({ providers, declared, policy }: Settings, nameOf: (index: number) => string): string[] {
  return providers
    .filter(({ id }) => Object.hasOwn(declared, id))
    .flatMap((provider) =>
      wildcardAllowances(policy.rules, provider).map(([index, fields]) => {
        const shown = fields.slice(0, SHOWN_FIELDS).join(', ');
        const more = fields.length - SHOWN_FIELDS;
        const all = more > 0 ? `${shown} and ${more} more` : shown;
        return `${nameOf(index)} does not name ${provider.id}, and allows ${all} (${declared[provider.id]}) without a question.`;
      }),
    );
}

const SHOWN_FIELDS = 8;

/** What an operator may not have meant, although the server starts with it. */
export function configNotes(settings: Settings): string[] {
  const { connections, policy, redaction, confirmation, store, http, notices, approvals } = settings;
  const { rules } = policy;
  const nameOf = (index: number) => {
    const name = rules[index]?.name;
    return name === undefined ? `policy.rules[${index}]` : `policy.rules[${index}] ("${name}")`;
  };
  const unmatched = rules.flatMap(({ provider }, index) => {
    const matches = provider === undefined || connections.some((one) => isLike(provider, one.provider.id));
    return matches || connections.length === 0 ? [] : [`${nameOf(index)} matches no connected provider.`];
  });
  const unlimited = rules.flatMap(({ decision, field, name: _, note: __, ...conditions }, index) => {
    const isAny = [field ?? '*'].flat().some((pattern) => /^\*(?:\.\*)*$/.test(pattern));
    const isAll = isAny && Object.keys(conditions).length === 0;
    return decision === 'allow' && isAll ? [`${nameOf(index)} allows every change without a question.`] : [];
  });
  return [
    ...(connections.length === 0 ? ['No provider is connected: set its variables, or add it to connections.'] : []),
    ...notices,
    ...unmatched,
    ...shadowedRules(rules).map(
      ([index, earlier]) => `${nameOf(index)} never decides: ${nameOf(earlier)} comes first and matches all of it.`,
    ),
    ...unlimited,
    ...allowedByWildcard(settings, nameOf),
    ...(policy.allowSecretInput ? ['policy.allowSecretInput: callers may send new passwords as arguments.'] : []),
    ...(confirmation.callerMayApprove ? ['confirmation.callerMayApprove: a caller may approve its own changes.'] : []),
    ...(approvals.oidc?.may.includes('*:*')
      ? ['approvals.oidc.may is not set: everyone whom approvals.oidc.allow lets in may decide on everything.']
      : []),
    ...(redaction.relaxed.length > 0
      ? [`redaction.relax: personal values are shown in full to ${redaction.relaxed.join(', ')}.`]
      : []),
    ...(store.kind === 'memory' ? ['store: memory; audit log and approvals end with the process.'] : []),
    ...(http.auth === undefined
      ? ['http.auth is not set: http serves this machine only, and every local user may call it.']
      : []),
  ];
}
