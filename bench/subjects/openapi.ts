import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Surroundings } from './servers.ts';

/** Writes the OpenAPI description that two of the peers work from, and returns its path. */
export function writeDescription({ vendorUrl, scratch }: Surroundings): string {
  const path = join(scratch, 'openapi.json');
  writeFileSync(path, JSON.stringify(describeApi(vendorUrl)));
  return path;
}

/** The vendor's update call, with the fields the product declares for it. */
function describeApi(url: string) {
  const names = ['firstName', 'lastName', 'birthDate', 'gender', 'title', 'position', 'language'];
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string', nullable: true }]));
  const content = { 'application/json': { schema: { type: 'object', properties } } };
  const update = {
    operationId: 'updateUser',
    summary: 'Updates the user with the specified id',
    parameters: [{ name: 'userId', in: 'path', required: true, schema: { type: 'string' } }],
    requestBody: { required: true, content },
    responses: { 200: { description: 'The updated user', content } },
  };
  return {
    openapi: '3.0.3',
    info: { title: 'Users', version: '1.0.0' },
    servers: [{ url }],
    paths: { '/users/{userId}': { put: update } },
  };
}
