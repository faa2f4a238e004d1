import process from 'node:process';

/**
 * Stands in the bundle for the SDK's own shims (an alias in the build script), which bring a JSON Schema validator of
 * 300 KB that this server never calls: arguments are parsed by zod, answers to questions by hand. Every start would
 * have to load it. Should the SDK ever want it all the same, it fails loudly.
 */
export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error('This bundle has no JSON Schema validator.');
  }
}

export { process };
