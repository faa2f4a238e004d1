import { defineProvider } from './provider.ts';
import { pathId } from './schemas.ts';
import { scimFields } from './scim/fields.ts';
import { ACTIVE_WARNINGS, PATCH, PUT, scimFor, usualLookups } from './scim/for-connection.ts';
import { READ_ONLY, RESOURCE } from './scim/resource.ts';
import { scimSettings } from './scim/settings.ts';

/**
 * Any directory with SCIM 2.0 (RFC 7643, 7644). What a service takes is read from it; where it differs from the RFCs, its
 * connection says so (docs/scim.md).
 */
export const scim = defineProvider({
  id: 'scim',
  title: 'SCIM directory',
  docs: 'https://www.rfc-editor.org/rfc/rfc7644#section-3.5',
  settings: scimSettings,
  env: { baseUrl: 'SCIM_BASE_URL', token: 'SCIM_TOKEN' },
  signIn: [{ needs: ['baseUrl', 'token'], headers: { Authorization: 'Bearer {token}' } }],
  credentials: ['token'],
  baseUrl: '{baseUrl}',
  headers: { accept: 'application/scim+json, application/json' },
  forConnection: scimFor,

  userId: pathId,
  example: { user_id: '2819c223-7f76-453a-919d-413861904646', set: { title: 'Staff Engineer' } },
  hint: 'user_id is the SCIM id, and so is manager. Lists (emails …) are given whole.',

  read: { path: '/Users/{userId}' },
  write: PUT,
  patch: PATCH,
  discovery: { serviceProviderConfig: '/ServiceProviderConfig', schemas: '/Schemas', needed: true },

  fields() {
    const { active, ...fields } = scimFields();
    return { ...fields, ...(active && { active: { ...active, warnings: ACTIVE_WARNINGS.suspends } }) };
  },
  ...RESOURCE,
  readOnly: READ_ONLY,
  label: [...RESOURCE.label, ['userName']],

  find: usualLookups,

  probe: {
    path: '/Users',
    query: { count: '1' },
    shows: [['Resources'], ['totalResults']],
    rights: 'SCIM does not say what a token may do',
  },
});
