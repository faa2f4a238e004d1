import type { Tool, ToolContext } from '../../../src/server/mcp/tool.ts';

/** Whether the cost of a call is linear in its input: processor time at n and at 4n, for every argument and every shape. */

/** Where a large value goes: the name of an argument, or of a field in `set`. */
export type ArgumentPath = readonly [argument: string, field?: string];

/** Values of about `n` characters, in shapes that are hard on parsers, patterns and comparisons. */
export const SHAPES: Readonly<Record<string, (n: number) => unknown>> = {
  letters: (n) => 'a'.repeat(n),
  digits: (n) => '7'.repeat(n),
  blanks: (n) => `a${' '.repeat(n)}a`,
  dots: (n) => `props.theme${'.a'.repeat(n / 2)}`,
  escapes: (n) => `props.${'\\.'.repeat(n / 2)}`,
  ats: (n) => 'a@'.repeat(n / 2),
  quotes: (n) => '"'.repeat(n),
  words: (n) => 'ab '.repeat(n / 3),
  'no address': (n) => `a@${'b.'.repeat(n / 2)} x`,
  'an address': (n) => `${'a.'.repeat(n / 4)}a@${'b.'.repeat(n / 4)}example`,
  'a list of one path': (n) => [`props.theme${'.a'.repeat(n / 2)}`],
  'a list of one name': (n) => [`props.${'\\.'.repeat(n / 4)}${'a'.repeat(n / 2)}`],
  'a list': (n) => Array.from({ length: n / 20 }, (_, at) => `props.key${at}`),
  'a list of numbers': (n) => Array.from({ length: n / 20 }, (_, at) => at),
  'a list of objects': (n) => Array.from({ length: n / 40 }, (_, at) => ({ value: `jane${at}@acme.example` })),
  'an object': (n) => Object.fromEntries(Array.from({ length: n / 20 }, (_, at) => [`key${at}`, at])),
  'an object of empties': (n) => Object.fromEntries(Array.from({ length: n / 20 }, (_, at) => [`key${at}`, null])),
  'a deep object': (n) => deep(n / 8),
  'a long name': (n) => ({ ['n'.repeat(n)]: 1 }),
};

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = { a: value };
  return value;
}

/** Every argument of a tool, every field in its `set`, and an argument that no tool has. */
export function placesOf({ inputSchema }: Tool): ArgumentPath[] {
  const { properties } = inputSchema as { properties: Record<string, { properties?: object }> };
  const fields = Object.keys(properties['set']?.properties ?? {});
  return [
    ...[...Object.keys(properties), 'clear', 'unknown'].map((name) => [name] as const),
    ...fields.map((field) => ['set', field] as const),
  ];
}

const SMALL = 4_000;
/** For four times the input, with slack for a busy machine. Quadratic work takes sixteen times as long. */
const MOST = 4 * 2.5;
const SLACK_MS = 25;

/** What is wrong with how the cost grows with this argument. Measured again before it is reported. */
export async function growthFault(
  call: (args: Record<string, unknown>) => Promise<unknown>,
  base: Record<string, unknown>,
  place: ArgumentPath,
  shape: string,
): Promise<string | undefined> {
  const make = SHAPES[shape] as (n: number) => unknown; // one of its keys
  for (const size of [SMALL, 16 * SMALL]) {
    const [small, large] = [argsWith(base, place, make(size)), argsWith(base, place, make(4 * size))];
    for (let tries = 0; ; tries++) {
      const [cheap, dear] = [await cost(call, small), await cost(call, large)];
      if (dear <= MOST * cheap + SLACK_MS) break;
      if (tries === 3) return `${place.join('.')}, ${shape}: ${cheap} ms at ${size}, ${dear} ms at ${4 * size}`;
    }
  }
  return undefined;
}

function argsWith(
  base: Record<string, unknown>,
  [argument, field]: ArgumentPath,
  value: unknown,
): Record<string, unknown> {
  return { ...base, [argument]: field === undefined ? value : { [field]: value } };
}

/** Milliseconds of processor time, the least of two runs. */
async function cost(call: (args: Record<string, unknown>) => Promise<unknown>, args: Record<string, unknown>) {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 2; run++) {
    const before = process.cpuUsage();
    await call(args);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return Math.round(least * 10) / 10;
}

/** All that a call without a question needs. Each call has another caller, so that no rate limit applies. */
export function contextOf(call: number): ToolContext {
  const signal = new AbortController().signal;
  const mcp = { mcpReq: { signal, requestState: () => undefined } } as ToolContext['mcp'];
  return { mcp, caller: { principal: `caller-${call}` }, canAsk: false, canOpenPages: false, modern: true };
}
