import type { VendorResponse } from '../../define-vendor.ts';

/** RFC 7644 section 3.12; `status` is a string there. */
export function scimError(status: number, detail: string, scimType?: string): VendorResponse {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
  const type = scimType === undefined ? {} : { scimType };
  return toScim({ status, body: { schemas, status: String(status), ...type, detail } });
}

/** The reply as `application/scim+json`, RFC 7644 section 8.1. */
export function toScim(reply: VendorResponse): VendorResponse {
  return { ...reply, headers: { 'content-type': 'application/scim+json; charset=utf-8', ...reply.headers } };
}
