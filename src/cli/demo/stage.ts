import { shippedProviders } from '../../config/providers/shipped.ts';
import { type Sandbox, type VendorDemo, type VendorId, vendors } from '../../sandbox/index.ts';
import type { DemoAnswer } from './agent.ts';
import type { DemoOutput } from './output.ts';

export type ToolContent = Record<string, unknown>;

/** What the scenes need of the demo. */
export interface Demo {
  output: DemoOutput;
  sandbox: Sandbox;
  call(tool: string, input: ToolContent, answer?: DemoAnswer): Promise<ToolContent>;
  /** The same through a client that cannot show questions. */
  callWithoutQuestions(tool: string, input: ToolContent): Promise<ToolContent>;
  /** Runs a command of the program, as an administrator does; resolves with its exit code and what it prints. */
  command(args: readonly string[]): Promise<{ code: number; printed: string }>;
  /** A folder for files of the demo. */
  folder: string;
  /** The store, as its file has it. Undefined where each of the two servers keeps its own in memory. */
  storeBytes?(): Buffer;
}

export type Ids = Record<VendorId, string>;

type Scenes = NonNullable<VendorDemo['scenes']>;

/** The first vendor that has this scene. */
export function firstScene<Name extends keyof Scenes>(name: Name): [VendorId, NonNullable<Scenes[Name]>] {
  for (const { id, demo } of vendors) {
    const scenes: Scenes = demo.scenes ?? {};
    const scene = scenes[name];
    if (scene !== undefined) return [id, scene];
  }
  throw new Error(`no vendor of the sandbox has a scene ${name}`);
}

export function providerOf(id: VendorId) {
  const provider = shippedProviders.find((one) => one.id === id);
  if (!provider) throw new Error(`no provider ${id}`);
  return provider;
}
