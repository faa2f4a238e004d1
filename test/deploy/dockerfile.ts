import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/sources/read.ts';

/** A Dockerfile as a list of instructions, as far as ours uses the language. */

export interface Instruction {
  name: string;
  /** `--name=value` before the arguments. */
  flags: Record<string, string>;
  /** The words of the instruction, or of its exec form. */
  args: string[];
  text: string;
  isExecForm: boolean;
}

export interface Stage {
  /** The image or the stage it begins with. */
  base: string;
  name: string | undefined;
  instructions: Instruction[];
}

export const DOCKERFILE = 'deploy/Dockerfile';

export function readStages(): Stage[] {
  const lines = readFileSync(join(ROOT, DOCKERFILE), 'utf8')
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '');
  const stages: Stage[] = [];
  for (const line of lines.split('\n').filter((text) => text.trim() !== '')) {
    const instruction = parse(line);
    if (instruction.name === 'FROM') {
      const [base = '', , name] = instruction.args;
      stages.push({ base, name, instructions: [] });
    } else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** The stage that becomes the image. */
export function finalStage(): Stage {
  const stage = readStages().at(-1);
  if (!stage) throw new Error(`${DOCKERFILE} has no stage`);
  return stage;
}

/** The instructions of a name, in their order. */
export function all({ instructions }: Stage, name: string): Instruction[] {
  return instructions.filter((one) => one.name === name);
}

/** The last instruction of a name, which is the one that counts. */
export function last(stage: Stage, name: string): Instruction {
  const found = all(stage, name).at(-1);
  if (!found) throw new Error(`${DOCKERFILE} has no ${name}`);
  return found;
}

/** `NAME=value` pairs, as ENV and LABEL have them. */
export function pairs(instructions: readonly Instruction[]): Record<string, string> {
  return Object.fromEntries(
    instructions.flatMap(({ text }) =>
      [...text.matchAll(/([\w.-]+)=(?:"([^"]*)"|(\S*))/g)].map(([, name = '', quoted, plain]) => [
        name,
        quoted ?? plain ?? '',
      ]),
    ),
  );
}

/** What a container runs: the entry point with the command. */
export function commandOf(stage: Stage): string[] {
  return [...last(stage, 'ENTRYPOINT').args, ...last(stage, 'CMD').args];
}

/** The command of HEALTHCHECK. */
export function healthcheckOf(stage: Stage): Instruction {
  const { text } = last(stage, 'HEALTHCHECK');
  return parse(text.slice(text.indexOf('CMD ')));
}

function parse(line: string): Instruction {
  const [, name = '', rest = ''] = /^\s*(\w+)\s+(.*)$/.exec(line) ?? [];
  const flags: Record<string, string> = {};
  const text = rest.replace(/^(?:--[\w-]+=\S+\s+)+/, (found) => {
    for (const [, flag = '', value = ''] of found.matchAll(/--([\w-]+)=(\S+)/g)) flags[flag] = value;
    return '';
  });
  const isExecForm = text.startsWith('[');
  const args = isExecForm ? (JSON.parse(text) as string[]) : text.split(/\s+/);
  return { name: name.toUpperCase(), flags, args, text, isExecForm };
}
