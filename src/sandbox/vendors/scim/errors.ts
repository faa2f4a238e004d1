import { Rejection, type VendorResponse } from '../../define-vendor.ts';

/** `scimType` of RFC 7644 section 3.12, table 9. */
export type ScimType =
  | 'invalidFilter'
  | 'invalidPath'
  | 'invalidSyntax'
  | 'invalidValue'
  | 'mutability'
  | 'noTarget'
  | 'uniqueness';

/** RFC 7644 section 3.12; `status` is a string there. */
export function scimError(status: number, detail: string, scimType?: ScimType): VendorResponse {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
  const type = scimType === undefined ? {} : { scimType };
  return toScim({ status, body: { schemas, status: String(status), ...type, detail } });
}

/** The reply as `application/scim+json`, RFC 7644 section 8.1. */
export function toScim(reply: VendorResponse): VendorResponse {
  return { ...reply, headers: { 'content-type': 'application/scim+json; charset=utf-8', ...reply.headers } };
}

/** Ends the request with a 400. */
export function refuse(scimType: ScimType, detail: string): never {
  throw new Rejection(scimError(400, detail, scimType));
}
