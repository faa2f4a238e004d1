import { isEmail, isSameText } from '../../checks.ts';
import { isObject, type JsonRecord, type JsonValue } from '../../json.ts';

const STRINGS = [
  'userName',
  'password',
  'firstName',
  'lastName',
  'company',
  'email',
  'phone',
  'mobile',
  'ssoId',
  'defaultRoleTemplateId',
];

/** The fields that "Update User" accepts. */
export const WRITE_FIELDS: readonly string[] = [...STRINGS, 'address', 'status', 'sso'];

/** Everything wrong with the sent fields, each as `{ field, message }`; `others` are all users but this one. */
export function faultsOf(sent: JsonRecord, stored: JsonRecord, others: JsonRecord[]): JsonRecord[] {
  const faults: JsonRecord[] = [];
  const check = (field: string, ok: boolean, message: string) => {
    if (field in sent && !ok && !faults.some((fault) => fault['field'] === field)) faults.push({ field, message });
  };
  for (const field of STRINGS) check(field, typeof sent[field] === 'string', 'must be a string');
  for (const field of ['userName', 'email', 'password']) check(field, sent[field] !== '', 'must not be empty');
  const userName = String(sent['userName'] ?? stored['userName']);
  check('userName', /^[A-Za-z0-9._@-]+$/.test(userName), 'may only contain letters, numbers and . - _ @');
  check('userName', !others.some((user) => isSameText(user['userName'], userName)), 'must be unique');
  check('email', isEmail(sent['email']), 'must be an e-mail address');
  check('password', isStrong(sent['password']), 'must have 8 characters, a number, both cases and a special character');
  check(
    'password',
    ![userName, String(stored['userName'])].some((name) => contains(sent['password'], name)),
    'contains the user name',
  );
  check('address', isAddress(sent['address']), 'must be an object of strings');
  check(
    'status',
    ['ACTIVE', 'LOCKED', 'DELETED'].some((status) => status === sent['status']),
    'ACTIVE, LOCKED or DELETED',
  );
  check('sso', typeof sent['sso'] === 'boolean', 'must be a boolean');
  check('ssoId', (sent['sso'] ?? stored['sso']) === true, 'sso must be set');
  return faults;
}

/** The rule as https://phoenix.readme.io/reference/create-user prints it; other copies have garbled the symbols. */
function isStrong(password: JsonValue | undefined): boolean {
  const text = String(password);
  return text.length >= 8 && [/\d/, /[A-Z]/, /[a-z]/, /[-+_!@#$%^&*,.]/].every((rule) => rule.test(text));
}

function contains(password: JsonValue | undefined, name: string): boolean {
  return String(password).toLowerCase().includes(name.toLowerCase());
}

/** An "object hash": no page limits its keys. */
function isAddress(value: JsonValue | undefined): boolean {
  return isObject(value) && Object.values(value).every((part) => typeof part === 'string');
}
