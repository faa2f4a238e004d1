import process from 'node:process';

/**
 * Replaces the SDK's own shims in the bundle (an alias in the build script). Those include a JSON Schema validator of
 * 300 KB that every start would load and no call would use: arguments are parsed by zod, answers to questions by hand.
 * If the SDK ever does call it, it throws.
 */
export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error('This bundle has no JSON Schema validator.');
  }
}

export { process };
