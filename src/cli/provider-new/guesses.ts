import type { Effect } from '../../providers/effects.ts';
import type { Path, Sensitivity } from '../../providers/field.ts';
import { wordsOf } from './names.ts';

/** What the name of an attribute suggests. Only ever proposed: a person decides. */
export interface ProposedClass {
  sensitivity?: Sensitivity;
  effect?: Effect;
}

export function guess(path: Path): ProposedClass {
  const words = toWords(path);
  return GUESSES.find(([pattern]) => pattern.test(words))?.[1] ?? {};
}

/** The words of all keys, as the patterns here take them: `job title`. */
export function toWords(path: Path): string {
  return path.flatMap(wordsOf).join(' ');
}

/** Whether it is one secret, by its name; credentials are a set of some. */
export function isSecretName(path: Path): boolean {
  return guess(path).sensitivity === 'secret' && !/credentials?$/.test(toWords(path));
}

/** The first that fits counts. */
const GUESSES: readonly (readonly [RegExp, ProposedClass])[] = [
  [
    /\b(?:passwords?|passwd|passphrase|passcode|secrets?|api ?keys?|private keys?|pin|otp|totp|mfa|recovery|tokens?|digest|hasher|salt|backup codes?)\b|\bcredentials?$/,
    { sensitivity: 'secret', effect: 'secret' },
  ],
  [/\b(?:e ?mails?|user ?names?|logins?|upn|principal name)\b/, { sensitivity: 'personal', effect: 'identity' }],
  [
    /^(?:(?:is|account|login|user|profile) )*(?:active|enabled|disabled|status|suspended|blocked|banned|locked|deleted|archived|deactivated|onboarded)$|\b(?:suspension|terminated|termination|(?:employment|hire|account|user) status)\b/,
    { sensitivity: 'public', effect: 'lifecycle' },
  ],
  [
    /\b(?:external|azure|slack|sso|saml|identity provider|federated|immutable) (?:id|ids|user ?names?)\b/,
    { sensitivity: 'personal', effect: 'access' },
  ],
  [
    /\b(?:roles?|admin|administrators?|permissions?|groups?|scopes?|entitlements?|licenses?|seats?|managers?|supervisor|moderator|privileges?|restriction|sso|saml)\b/,
    { sensitivity: 'public', effect: 'access' },
  ],
  [/\b(?:employee|staff|badge|passport|ssn|tax) (?:id|number)\b/, { sensitivity: 'personal', effect: 'ordinary' }],
  [
    /\b(?:title|job|position|department|division|organi[sz]ation|company|cost center|language|locale|time ?zone|team|level|created|updated|modified|ids?)\b/,
    { sensitivity: 'public', effect: 'ordinary' },
  ],
  [
    /\b(?:names?|phones?|mobile|address(?:es)?|street|city|zip|postal|country|region|birth ?day|birth|gender|salary|photo|avatar|picture|image|notes?|signature|details|ssn|tax|bio|about)\b/,
    { sensitivity: 'personal', effect: 'ordinary' },
  ],
];
