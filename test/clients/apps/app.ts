import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RELEASES } from '../../support/program/client-releases.ts';
import type { Model, Step } from '../model.ts';
import type { Place, RunClient } from '../run.ts';

/** A client: how it starts without a person, a login or a network, and what it says about servers. */
export interface App {
  name: string;
  /** Its id in the registry of `src/cli/clients`, and in `RELEASES`. */
  id: keyof typeof RELEASES;
  bin: string;
  /** The oldest major release of Node that it installs and runs on. */
  oldestNode: number;
  /** Variables that keep it from updating itself and from reporting its use. */
  env?: Record<string, string>;
  /** A call that loads our tools, where the client names them only until they are asked for. */
  search?: Step;
  /** What this client lets its model add to the arguments of every call. */
  extra?: Record<string, unknown>;
  start(stage: Stage): { args: string[]; env: Record<string, string> };
  /** Lets it use what lies in the project, as a person does once. */
  trust?(place: Place): void;
  /** What it says about each server it knows, by name: `connected`, or its own words. */
  servers(run: RunClient, model: Model): Promise<Record<string, string>>;
  /** The package made for it. */
  bundle?: Bundle;
}

export interface Stage {
  /** Writes a file below the client's home. */
  write(name: string, content: string | object): void;
  server: { command: string; args: string[]; env: Record<string, string> };
  /** The address of the stand-in model. */
  model: string;
  prompt: string;
}

export interface Bundle {
  /** Its folder below `out`. */
  folder: string;
  /** Arguments of the commands that check and install it. */
  commands(path: string): string[][];
  /** Variables of these commands. */
  env?: Record<string, string>;
  /** The name by which the client lists its server. */
  server: string;
}

export function writerIn(folder: string): Stage['write'] {
  return (name, content) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  };
}

/** Reads lines such as `✓ name: command - Connected`: the groups `name` and `state` of each match. */
export function readStates(output: string, line: RegExp): Record<string, string> {
  const plain = output.replaceAll(/\x1b\[\d*m/g, '');
  const found = [...plain.matchAll(line)].map(({ groups }) => [groups?.['name'] ?? '', groups?.['state'] ?? '']);
  return Object.fromEntries(
    found.map(([name, state = '']) => [name, /^connected$/i.test(state) ? 'connected' : state]),
  );
}
