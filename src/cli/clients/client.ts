import type { JsonObject } from '../../lib/json/json-value.ts';
import type { Variables } from '../starter.ts';
import type { Place } from './folders.ts';
import type { References } from './references.ts';

/** A server that the client starts. */
export interface LocalServer {
  command: string;
  args: readonly string[];
  variables: Variables;
}

/** A server that the client reaches at the address of its `/mcp`. */
export interface RemoteServer {
  url: string;
  /** The variable that holds the bearer token. */
  tokenVariable: string;
}

/** How a file is written. `comments` and `trailingCommas`: whether the client accepts them in JSON. */
export type Syntax = { format: 'json'; comments: boolean; trailingCommas: boolean } | { format: 'toml' };

/**
 * Whether the client puts a question to a person. `page`: in a form, and it also opens the approval page. `unreliable`:
 * it says that it can, but was reported not to show the form. `unknown`: not established.
 */
export type QuestionSupport = 'form' | 'page' | 'none' | 'unreliable' | 'unknown';

/** Everything about one MCP client. Code gets the entry and never asks for its id. */
export interface Client {
  id: string;
  title: string;
  /** The client's page about its configuration. */
  docs: string;
  syntax: Syntax;
  /** The key of the file that holds the servers by name. */
  servers: string;
  /** The user's file. Of several, the first that exists; the last one is created where none does. */
  userFiles(place: Place): readonly string[];
  /** The project's file, relative to the project's folder, in the same order. Empty for a client without one. */
  projectFiles: readonly string[];
  /** How the client names the project's folder in an entry of the project's file. */
  projectFolder?: string;
  references: References;
  localEntry(server: LocalServer): JsonObject;
  /** Missing for a client that only starts servers. */
  remoteEntry?(server: RemoteServer): JsonObject;
  /** Other members of a file that is created. */
  newFile?: JsonObject;
  question: QuestionSupport;
  /** Sentences for a person who registers the server: what else it takes until the client uses it. */
  hints?: { always?: string; project?: string; remote?: string };
}

/** `command`, `args` and `env` as most clients write them. `env` is left out if there is nothing to pass on. */
export function commandEntry(server: LocalServer, references: References): JsonObject {
  const env = environment(server, references);
  return { command: server.command, args: [...server.args], ...(Object.keys(env).length > 0 && { env }) };
}

/** The variables of a server by name, each as a reference. Empty for a client without inline references. */
export function environment({ variables }: LocalServer, references: References): Record<string, string> {
  if (references.kind !== 'inline') return {};
  return Object.fromEntries([
    ...variables.required.map((name) => [name, references.required(name)]),
    ...variables.optional.map((name) => [name, references.optional(name)]),
  ]);
}

/** The header that carries the token, as a reference. */
export function bearerHeader({ tokenVariable }: RemoteServer, reference: (name: string) => string): JsonObject {
  return { Authorization: `Bearer ${reference(tokenVariable)}` };
}
