import { UsageError } from '../../errors.ts';
import type { Lookup, RecordWrite } from '../calls.ts';
import type { Field, Warning } from '../field.ts';
import type { Provider } from '../provider.ts';
import { dialectFor, FILTERS, type ScimDialect } from './dialects.ts';
import { extensionFields } from './extensions.ts';
import { CORE, RESOURCES } from './resource.ts';
import type { ScimSettings } from './settings.ts';

type FilterAttribute = (typeof FILTERS)[number];

const USERS = '/Users';
export const SCIM_JSON = 'application/scim+json';

const LOOKUPS: Readonly<Record<FilterAttribute, Lookup['by']>> = {
  userName: 'username',
  'emails.value': 'email',
  emails: 'email',
  externalId: 'id',
  displayName: 'name',
};
const USUAL_FILTERS: readonly FilterAttribute[] = ['userName', 'emails.value', 'externalId', 'displayName'];

const BODY = { path: `${USERS}/{userId}`, contentType: SCIM_JSON, contentTypeAfter415: 'application/json' } as const;

/** The whole resource goes back. A service may fill in `active` when it is left out, and which value differs. */
export const PUT: RecordWrite = {
  ...BODY,
  method: 'PUT',
  encoding: 'replace',
  carry: 'record',
  withhold: [['id'], ['meta'], ['groups']],
  schema: CORE,
  echo: { active: { required: true } },
};

export const PATCH: RecordWrite = { ...BODY, method: 'PATCH', encoding: 'scim-patch', schema: CORE };

/** The definition for a connection: how its service differs from the RFCs, and its extensions. Throws a UsageError. */
export function scimFor(provider: Provider, settings: ScimSettings): Provider {
  const { token: _, extensions = {}, ...rest } = settings;
  const dialect = dialectFor(rest);
  const fields = withExtensions(provider, extensions, dialect);
  checkNames(fields, dialect);
  const [put, patch] = [PUT, PATCH].map((write) => writeIn(write, dialect));
  const { update = 'auto', slowDown, filters } = dialect;
  const { patch: _patch, findLimits: _limits, ...common } = provider;
  return {
    ...common,
    fields,
    write: (update === 'patch' ? patch : put) ?? PUT,
    ...(update === 'auto' && patch && { patch }),
    find: lookupsFor(filters ?? USUAL_FILTERS),
    ...(filters && { findLimits: limitsOf(filters) }),
    ...(slowDown && { slowDown: { statuses: slowDown.statuses ?? [], headers: slowDown.headers ?? [] } }),
  };
}

/** One lookup for each attribute that the service can filter by. */
export function lookupsFor(filters: readonly FilterAttribute[]): Lookup[] {
  return filters.map((filter) => ({
    by: LOOKUPS[filter],
    path: USERS,
    query: { filter: `${filter} eq {query}` },
    ...RESOURCES,
  }));
}

export const usualLookups = lookupsFor(USUAL_FILTERS);

function limitsOf(filters: readonly FilterAttribute[]): NonNullable<Provider['findLimits']> {
  return { says: `This directory can look up by exact ${[...filters, 'id'].join(', ')} only.` };
}

function writeIn(write: RecordWrite, dialect: ReturnType<typeof dialectFor>): RecordWrite {
  const { contentType, alwaysSend = [], multiValued, immutable, patchStyle, maxOperations, entryNames } = dialect;
  const sent = Object.fromEntries(alwaysSend.map((field) => [field, { required: true as const }]));
  return {
    ...write,
    ...(contentType !== undefined && { contentType }),
    ...((write.echo || alwaysSend.length > 0) && { echo: { ...write.echo, ...sent } }),
    ...(immutable && { immutable }),
    ...(multiValued === 'one' && { maxEntries: 1 }),
    ...(write.encoding === 'scim-patch' && {
      ...(patchStyle && { patchStyle }),
      ...(maxOperations !== undefined && { maxOperations }),
      ...(entryNames && { entryNames }),
    }),
  };
}

function withExtensions(
  provider: Provider,
  extensions: NonNullable<ScimSettings['extensions']>,
  { activeFalse = 'suspends' }: ScimDialect,
): Record<string, Field> {
  const { fields } = provider;
  const own = extensionFields(extensions, provider);
  const { active } = fields;
  return { ...fields, ...(active && { active: { ...active, warnings: ACTIVE_WARNINGS[activeFalse] } }), ...own };
}

const GIVES_BACK: Warning = {
  after: [true],
  says: 'This gives their access back',
  headline: 'lifecycle_gains',
};

export const ACTIVE_WARNINGS: Readonly<Record<NonNullable<ScimDialect['activeFalse']>, readonly Warning[]>> = {
  suspends: [GIVES_BACK, { says: 'This takes their access away', headline: 'lifecycle_loses' }],
  removes: [
    GIVES_BACK,
    {
      says: 'This takes their access away and removes them from the directory; an undo cannot bring them back',
      headline: 'lifecycle_loses',
      removesRecord: true,
    },
  ],
  deletes: [
    GIVES_BACK,
    { says: 'This deletes their account; an undo cannot bring it back', headline: 'deletes', removesRecord: true },
  ],
};

function checkNames(fields: Readonly<Record<string, Field>>, { alwaysSend = [], immutable = [] }: ScimDialect): void {
  for (const name of alwaysSend) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field || field.readback === false) throw new UsageError(`alwaysSend: ${name} is no field that can be read`);
  }
  for (const name of immutable) {
    const [field = '', part] = name.split('.');
    const known = Object.hasOwn(fields, field) ? fields[field] : undefined;
    const parts = [...(known?.merge?.keys ?? []), ...Object.keys(known?.parts ?? {})];
    if (!known || (part !== undefined && !parts.includes(part))) throw new UsageError(`immutable: ${name} is no field`);
  }
}
