import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { chooseUpdate } from '../../../src/cli/provider-new/choose.ts';
import { Description } from '../../../src/cli/provider-new/openapi/description.ts';
import { type StarterFile as Starter, toStarter } from '../../../src/cli/provider-new/starter.ts';
import type { Json, JsonObject } from '../../../src/lib/json/json-value.ts';

/** The description of a vendor of ours, made for these tests. */
export const ATOMICWORK_YAML = join(import.meta.dirname, 'atomicwork.yaml');

export function atomicworkDescription(): JsonObject {
  return load(readFileSync(ATOMICWORK_YAML, 'utf8')) as JsonObject;
}

/** A description of one update call with this body; `more` replaces parts of it. */
export function describeUpdate(schema: Json, more: DescriptionParts = {}): JsonObject {
  const { method = 'put', path = '/users/{id}', operation = {}, read, paths = {}, ...rest } = more;
  return {
    openapi: '3.1.0',
    info: { title: 'Acme', version: '1' },
    servers: [{ url: 'https://api.acme.com' }],
    ...rest,
    paths: {
      ...paths,
      [path]: {
        ...(read !== undefined && { get: { responses: answer(read) } }),
        [method]: {
          operationId: 'updateUser',
          requestBody: { content: { 'application/json': { schema } } },
          ...operation,
        },
      },
    },
  };
}

interface DescriptionParts extends JsonObject {
  method?: string;
  path?: string;
  operation?: JsonObject;
  /** The schema of the response of the call that reads a user. */
  read?: Json;
  paths?: JsonObject;
}

/** Responses with this schema. */
export function answer(schema: Json): JsonObject {
  return { '200': { description: 'ok', content: { 'application/json': { schema } } } };
}

export function starterOf(root: JsonObject, operation?: string): Starter & { file: StarterFile } {
  const description = new Description(root);
  const starter = toStarter(description, chooseUpdate(description, operation), ['atomicwork', 'acme_taken']);
  return { ...starter, file: starter.file as StarterFile };
}

/** The parts of a starter that tests look into. */
export type StarterFile = JsonObject & Record<'fields' | 'settings' | 'write' | 'read' | 'readOnly', JsonObject>;
