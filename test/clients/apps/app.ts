import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Step } from '../model.ts';

/** A client: where npm has it, and how it starts without a person, a login or a network. */
export interface App {
  name: string;
  package: string;
  bin: string;
  /** A call that loads our tools, where the client names them only until they are asked for. */
  search?: Step;
  /** What this client lets its model add to the arguments of every call. */
  extra?: Record<string, unknown>;
  start(stage: Stage): { args: string[]; env: Record<string, string> };
}

export interface Stage {
  /** Writes a file below the client's home. */
  write(name: string, content: string | object): void;
  server: { command: string; args: string[]; env: Record<string, string> };
  /** The address of the stand-in model. */
  model: string;
  prompt: string;
}

export function writerIn(home: string): Stage['write'] {
  return (name, content) => {
    const path = join(home, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  };
}
