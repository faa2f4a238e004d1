import { isEmail, isFlag, isListOf, isNullOr, isOneOf, type ValueCheck } from '../../checks.ts';
import { isObject, type JsonValue } from '../../json.ts';

/** What a read shows without `$select`; https://learn.microsoft.com/en-us/graph/api/user-get */
export const DEFAULT_PROPERTIES = [
  'businessPhones',
  'displayName',
  'givenName',
  'id',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
];

/** https://learn.microsoft.com/en-us/graph/api/resources/user#properties */
export const READ_ONLY = [
  'id',
  'createdDateTime',
  'creationType',
  'externalUserState',
  'identities',
  'lastPasswordChangeDateTime',
  'legalAgeGroupClassification',
  'onPremisesLastSyncDateTime',
  'onPremisesSyncEnabled',
  'proxyAddresses',
];

/** "Cannot be updated using an application-only context"; https://learn.microsoft.com/en-us/graph/api/user-update */
export const NOT_FOR_APPS = [
  'aboutMe',
  'birthday',
  'hireDate',
  'interests',
  'mySite',
  'pastProjects',
  'preferredName',
  'responsibilities',
  'schools',
  'skills',
];

/** Of users with administrator roles only a more privileged app may change these. */
export const SENSITIVE = [
  'accountEnabled',
  'businessPhones',
  'mobilePhone',
  'onPremisesImmutableId',
  'otherMails',
  'passwordProfile',
  'userPrincipalName',
];

/** What can be changed here although the user is maintained on premises. */
export const OF_THE_CLOUD = ['ageGroup', 'consentProvidedForMinor', 'otherMails', 'usageLocation'];

/** Texts are cleared with null: an empty one is not valid. */
const text =
  (maxLength = Number.POSITIVE_INFINITY): ValueCheck =>
  (value) =>
    typeof value === 'string' && value !== '' && [...value].length <= maxLength;
/** Accents are not allowed. */
const isPlainEmail: ValueCheck = (value) => isEmail(value) && [...value].every((char) => char <= '~');
const objectOf =
  (keys: readonly string[], check: ValueCheck): ValueCheck =>
  (value) =>
    isObject(value) && Object.entries(value).every(([key, member]) => keys.includes(key) && check(member));

const EXTENSIONS = Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`);

/**
 * The properties of an update that are kept, and the values they take.
 * https://learn.microsoft.com/en-us/graph/api/user-update and https://learn.microsoft.com/en-us/graph/api/resources/user
 */
export const WRITABLE: Readonly<Record<string, ValueCheck>> = {
  accountEnabled: isFlag,
  ageGroup: isNullOr(isOneOf('Minor', 'NotAdult', 'Adult')),
  businessPhones: (value) => isListOf(text())(value) && Array.isArray(value) && value.length <= 1,
  city: isNullOr(text(128)),
  companyName: isNullOr(text(64)),
  consentProvidedForMinor: isNullOr(isOneOf('Granted', 'Denied', 'NotRequired')),
  country: isNullOr(text(128)),
  department: isNullOr(text(64)),
  displayName: text(256),
  employeeHireDate: isNullOr(isInstant),
  employeeId: isNullOr(text(16)),
  employeeOrgData: isNullOr(objectOf(['division', 'costCenter'], isNullOr(text()))),
  employeeType: isNullOr(text()),
  faxNumber: isNullOr(text()),
  givenName: isNullOr(text(64)),
  jobTitle: isNullOr(text(128)),
  mail: isPlainEmail,
  mailNickname: text(64),
  mobilePhone: isNullOr(text(64)),
  officeLocation: isNullOr(text()),
  onPremisesExtensionAttributes: objectOf(EXTENSIONS, isNullOr(text(1024))),
  onPremisesImmutableId: isNullOr((value) => text()(value) && !/[$_]/.test(String(value))),
  otherMails: isListOf(isPlainEmail),
  passwordPolicies: isNullOr((value) =>
    String(value)
      .split(', ')
      .every((policy) => ['DisableStrongPassword', 'DisablePasswordExpiration'].includes(policy)),
  ),
  passwordProfile: objectOf(
    ['password', 'forceChangePasswordNextSignIn', 'forceChangePasswordNextSignInWithMfa'],
    (value) => isFlag(value) || text(256)(value),
  ),
  postalCode: isNullOr(text(40)),
  preferredLanguage: isNullOr(text()),
  state: isNullOr(text(128)),
  streetAddress: isNullOr(text(1024)),
  surname: isNullOr(text(64)),
  usageLocation: (value) => typeof value === 'string' && /^[A-Z]{2}$/.test(value),
  userPrincipalName: isPlainEmail,
  userType: isNullOr(isOneOf('Member', 'Guest')),
};

/** Every property that `$select` takes. */
export const PROPERTIES = [...Object.keys(WRITABLE), ...READ_ONLY, ...NOT_FOR_APPS];

function isInstant(value: JsonValue): boolean {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
}
