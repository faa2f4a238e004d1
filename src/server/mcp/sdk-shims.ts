/**
 * Replaces the shims of the SDK's server and client in the bundle (an alias in the build script). Those include a JSON
 * Schema validator of 300 KB that no call would use: arguments are parsed by zod, answers to questions by hand, and no
 * tool declares the schema of its result. If the SDK ever does call it, it throws.
 */
export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error('This bundle has no JSON Schema validator.');
  }
}

/** The client asks whether a failed request may be the work of a browser. */
export const CORS_IS_POSSIBLE = false;

/** Importing it from `node:process` would call every getter it has. */
export const process: NodeJS.Process = globalThis.process;
