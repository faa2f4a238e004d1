import { isSameText } from '../../checks.ts';
import { isoTick } from '../../clock.ts';
import { bodyObject, commit, Rejection, type VendorRequest } from '../../define-vendor.ts';
import { isObject, type JsonRecord, omit, toJson } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import type { ServiceRules } from './dialects/dialect.ts';
import { dialectOf, optionsOf } from './dialects/index.ts';
import { isSupported } from './dialects/supported.ts';
import { refuse, scimError } from './errors.ts';
import type { ScimOptions } from './options.ts';
import { applyOperations } from './patch/apply.ts';
import { type Operation, readOperations } from './patch/operations.ts';
import { attributeOf, ENTERPRISE, EXTENSIONS, SCHEMAS } from './schemas.ts';
import { spelledAsInRfc } from './spelling.ts';
import { namesIn, touchedBy, valuesAt } from './touched.ts';
import { validate } from './validate.ts';

const READ_ONLY = Object.values(SCHEMAS)
  .flat()
  .filter(({ mutability }) => mutability === 'readOnly')
  .map(({ name }) => name);

/** PUT replaces: what is not sent is removed. What is read-only is ignored (RFC 7644 section 3.5.1). */
export function replaceUser(request: VendorRequest, vendor: Vendor<ScimOptions>, id: string, stored: JsonRecord) {
  const options = optionsOf(vendor);
  const dialect = dialectOf(vendor);
  const sent = spelledAsInRfc(
    bodyObject(request, () => scimError(400, 'The body must be a resource', 'invalidSyntax')),
  );
  const body = Object.fromEntries(Object.entries(sent).filter(([name, value]) => value !== null && !isKept(name)));
  dialect?.checkBody?.(body);
  refuseUnwritable(dialect, namesIn(body), (path) => toJson(valuesAt(body, path)) === toJson(valuesAt(stored, path)));
  const isHidden = (name: string) =>
    dialect !== undefined && !isSupported(dialect, name === ENTERPRISE ? 'enterprise' : name);
  const kept = Object.fromEntries(
    Object.entries(stored).filter(([name]) => name !== 'schemas' && (isKept(name) || isHidden(name))),
  );
  const { password } = stored;
  const active = options.suspendsWithoutActive && body['active'] === undefined ? { active: false } : {};
  const user = { ...(password !== undefined && { password }), ...withReadOnly(body, stored), ...active, ...kept };
  return store(vendor, id, stored, user, undefined);
}

/** What is read-only inside an extension is as it was, whatever was sent. */
function withReadOnly(body: JsonRecord, stored: JsonRecord): JsonRecord {
  const extensions = EXTENSIONS.flatMap((urn): [string, JsonRecord][] => {
    const [sent, held] = [body[urn], stored[urn]];
    if (!isObject(sent) || !isObject(held)) return [];
    const names = (SCHEMAS[urn] ?? []).filter(({ mutability }) => mutability === 'readOnly').map(({ name }) => name);
    const kept = Object.entries(held).filter(([name]) => names.includes(name));
    return [[urn, { ...omit(sent, names), ...Object.fromEntries(kept) }]];
  });
  return { ...body, ...Object.fromEntries(extensions) };
}

/** PATCH: all operations or none. */
export function patchUser(request: VendorRequest, vendor: Vendor<ScimOptions>, id: string, stored: JsonRecord) {
  const options = optionsOf(vendor);
  const dialect = dialectOf(vendor);
  const body = bodyObject(request, () => scimError(400, 'The body must be a message', 'invalidSyntax'));
  const operations = readOperations(body);
  checkStyle(options, operations);
  dialect?.checkOperations?.(operations, stored);
  refuseUnwritable(dialect, touchedBy(operations), () => false);
  const effective =
    options.valuePaths === 'ineffective' ? operations.filter((each) => !each.target?.filter) : operations;
  return store(vendor, id, stored, applyOperations(stored, effective), effective);
}

function checkStyle(options: ScimOptions, operations: readonly Operation[]): void {
  const { maxOperations, objectStyle, valuePaths } = options;
  if (maxOperations !== undefined && operations.length > maxOperations) {
    refuse('invalidSyntax', `At most ${maxOperations} operations are taken`);
  }
  if (objectStyle && operations.some(({ op, path }) => op !== 'remove' && path !== undefined)) {
    refuse('invalidPath', 'add and replace take no path here');
  }
  if (valuePaths === 'refused' && operations.some(({ target }) => target?.filter)) {
    refuse('invalidPath', 'A path must not contain a filter');
  }
}

function store(
  vendor: Vendor<ScimOptions>,
  id: string,
  stored: JsonRecord,
  user: JsonRecord,
  operations: readonly Operation[] | undefined,
): JsonRecord {
  const options = optionsOf(vendor);
  const dialect = dialectOf(vendor);
  validate(user, stored);
  refuseChanged(options.immutable, user, stored);
  refuseFixed(user, stored);
  if (options.oneValue) refuseSecondValues(user);
  refuseTaken(vendor, id, user);
  const meta: JsonRecord = { ...(isObject(stored['meta']) ? stored['meta'] : {}), lastModified: isoTick() };
  const adjusted = dialect?.adjust?.(user, stored, operations) ?? user;
  dialect?.checkUser?.(adjusted, stored);
  const saved = commit(vendor, id, { ...adjusted, meta });
  const isGone = options.activeFalse !== 'suspends' && saved['active'] === false && stored['active'] !== false;
  if (isGone) vendor.users.delete(id);
  return saved;
}

/** An attribute outside the list of a dialect, unless the body repeats what is stored. */
function refuseUnwritable(
  dialect: ServiceRules | undefined,
  paths: readonly string[],
  isRepeated: (path: string) => boolean,
) {
  const other = paths.find((path) => dialect && !isSupported(dialect, path) && !isRepeated(path));
  if (other !== undefined) refuse('invalidPath', `'${other}' is not supported`);
}

function refuseChanged(names: readonly string[], user: JsonRecord, stored: JsonRecord): void {
  for (const name of names) {
    if (toJson(valuesAt(user, name)) !== toJson(valuesAt(stored, name))) {
      refuse('mutability', `'${name}' cannot be changed`);
    }
  }
}

/** Attributes whose schema says `immutable` keep a value once they have one (RFC 7643 section 2.2). */
function refuseFixed(user: JsonRecord, stored: JsonRecord): void {
  for (const [urn, attributes] of Object.entries(SCHEMAS)) {
    const [before, after] = [stored[urn], user[urn]];
    if (!isObject(before)) continue;
    for (const { name, mutability } of attributes) {
      if (mutability !== 'immutable' || before[name] === undefined) continue;
      if (!isObject(after) || after[name] !== before[name]) refuse('mutability', `'${name}' cannot be changed`);
    }
  }
}

function refuseSecondValues(user: JsonRecord): void {
  for (const [name, value] of Object.entries(user)) {
    if (Array.isArray(value) && value.length > 1 && attributeOf(undefined, name)?.mutability === undefined) {
      if (name !== 'schemas') refuse('invalidValue', `'${name}' takes one value`);
    }
  }
}

function refuseTaken(vendor: Vendor, id: string, user: JsonRecord): void {
  for (const [other, { userName }] of vendor.users) {
    if (other === id || !isSameText(userName, user['userName'])) continue;
    throw new Rejection(scimError(409, `userName '${String(userName)}' is taken`, 'uniqueness'));
  }
}

function isKept(name: string): boolean {
  return READ_ONLY.includes(name) && attributeOf(undefined, name) !== undefined;
}
