/** Microsoft Graph v1.0, users, after https://learn.microsoft.com/en-us/graph/api/resources/user and its sibling pages. */

import { defineVendor, Rejection, type VendorRequest, type VendorResponse } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';
import type { Vendor } from '../../types.ts';
import { credentials } from './credentials.ts';
import { graphError } from './errors.ts';
import { listUsers } from './list.ts';
import { assignManager, readManager } from './manager.ts';
import { people } from './people.ts';
import { findUser, selected, shown } from './read.ts';
import { type EntraTokenOptions, grantToken, tokenFault } from './tokens.ts';
import { type RightsOptions, updateUser } from './write.ts';

/** Switches of this vendor's behaviour. */
export type MicrosoftGraphOptions = EntraTokenOptions & RightsOptions;

const options: MicrosoftGraphOptions = { tokenSeconds: 3599, revokedBefore: 0, administrators: [] };

export const microsoftGraph = defineVendor({
  id: 'microsoft_graph',
  credentials,
  env: (baseUrl) => ({
    MICROSOFT_GRAPH_TENANT_ID: credentials.tenantId,
    MICROSOFT_GRAPH_CLIENT_ID: credentials.clientId,
    MICROSOFT_GRAPH_CLIENT_SECRET: credentials.clientSecret,
    MICROSOFT_GRAPH_BASE_URL: baseUrl,
    MICROSOFT_GRAPH_TOKEN_URL: `${baseUrl}/${credentials.tenantId}/oauth2/v2.0/token`,
  }),
  people,
  demo: {
    change: { jobTitle: 'Head of Product' },
    trap: 'nothing that a read leaves out without $select was lost, and the empty answer was read back',
  },
  authorize(request, vendor) {
    const fault = tokenFault(request.headers['authorization'], vendor.options);
    if (fault === undefined) return;
    const challenge = { 'www-authenticate': 'Bearer realm="", error="invalid_token"' };
    throw new Rejection({ ...graphError(401, fault), headers: challenge });
  },
  forbidden: graphError(403, 'Insufficient privileges to complete the operation.'),
  error: graphError,
  malformed: graphError(400, 'Unable to read JSON request payload.', { code: 'BadRequest' }),
  options,
  routes: [
    {
      method: 'POST',
      path: '/:tenant/oauth2/v2.0/token',
      body: 'form',
      open: true,
      handle: (request, vendor, { tenant = '' }) => grantToken(request, tenant, vendor.options),
    },
    { method: 'GET', path: '/v1.0/users', handle: (request, vendor) => listUsers(request, vendor) },
    {
      method: 'GET',
      path: '/v1.0/users/:id',
      handle: (request, vendor, { id }) => withUser(vendor, id, (user) => answer(request, user)),
    },
    {
      method: 'PATCH',
      path: '/v1.0/users/:id',
      handle: (request, vendor, { id }) =>
        withUser(vendor, id, (user, key) => {
          updateUser(request, vendor, key, user);
          return { status: 204 };
        }),
    },
    {
      method: 'GET',
      path: '/v1.0/users/:id/manager',
      handle: (request, vendor, { id }) => withUser(vendor, id, (user) => readManager(request, vendor, user)),
    },
    {
      method: 'PUT',
      path: '/v1.0/users/:id/manager/$ref',
      handle: (request, vendor, { id }) =>
        withUser(vendor, id, (user, key) => assignManager(request, vendor, key, user)),
    },
  ],
});

function answer(request: VendorRequest, user: JsonRecord): VendorResponse {
  const names = selected(request);
  const context = `${request.baseUrl}/v1.0/$metadata#users(${names.join(',')})/$entity`;
  return { status: 200, body: { '@odata.context': context, ...shown(user, names) } };
}

function withUser(
  vendor: Vendor<MicrosoftGraphOptions>,
  id: string | undefined,
  respond: (user: JsonRecord, key: string) => VendorResponse,
): VendorResponse {
  const found = findUser(vendor, id ?? '');
  if (found) return respond(found[1], found[0]);
  const text = `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`;
  return graphError(404, text);
}
