import type { VendorResponse } from '../../define-vendor.ts';
import type { JsonRecord } from '../../json.ts';
import { scimError, toScim } from './errors.ts';
import { MAX_RESULTS } from './list.ts';
import type { ScimOptions } from './options.ts';
import { type Attribute, CORE, EXTENSIONS, SCHEMAS } from './schemas.ts';

/** RFC 7643 section 5. */
export function serviceProviderConfig({ discovery, patch, etag }: ScimOptions): VendorResponse {
  if (discovery !== 200) return scimError(discovery, 'Not available');
  return toScim({
    status: 200,
    body: {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: { supported: patch },
      bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
      filter: { supported: true, maxResults: MAX_RESULTS },
      changePassword: { supported: true },
      sort: { supported: false },
      etag: { supported: etag },
      authenticationSchemes: [
        { type: 'oauthbearertoken', name: 'Bearer token', description: 'A token of the directory' },
      ],
    },
  });
}

/** RFC 7644 section 4; the schemas as RFC 7643 section 7 describes them. */
export function schemas(options: ScimOptions): VendorResponse {
  const { immutable } = options;
  return listOf(
    options,
    Object.entries(SCHEMAS).map(([id, attributes]) => ({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
      id,
      name: id.split(':').at(-3) ?? id,
      attributes: attributes.map((attribute) =>
        described(attribute, id === CORE && immutable.includes(attribute.name)),
      ),
    })),
  );
}

/** RFC 7643 section 6. */
export function resourceTypes(options: ScimOptions): VendorResponse {
  return listOf(options, [
    {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
      id: 'User',
      name: 'User',
      endpoint: '/Users',
      schema: CORE,
      schemaExtensions: EXTENSIONS.map((schema) => ({ schema, required: false })),
    },
  ]);
}

function listOf({ discovery, schemas: status }: ScimOptions, resources: JsonRecord[]): VendorResponse {
  const answer = discovery === 200 ? status : discovery;
  if (answer !== 200) return scimError(answer, 'Not available');
  return toScim({
    status: 200,
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: resources.length,
      Resources: resources,
    },
  });
}

function described({ name, type, multiValued, mutability, required, parts }: Attribute, isFixed = false): JsonRecord {
  return {
    name,
    type,
    multiValued: multiValued ?? false,
    required: required ?? false,
    mutability: isFixed ? 'immutable' : (mutability ?? 'readWrite'),
    returned: mutability === 'writeOnly' ? 'never' : 'default',
    ...(parts && { subAttributes: parts.map((part) => described(part)) }),
  };
}
