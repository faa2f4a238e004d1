import '../../src/lib/zod-jitless.ts';
import { createApp } from '../../src/app.ts';
import { readSettings } from '../../src/config/load.ts';
import { measureCosts } from './cost.ts';
import { allocationMeter, cpuMeter } from './meters.ts';
import { pipelineOf, type Stage, UPDATE, WHOLE } from './pipeline.ts';

/** Measures what a call is made of, in a process of its own, and prints a line for each stage, the sum and the whole. */

const meter = process.env['BENCH_METER'] === 'cpu' ? cpuMeter() : allocationMeter();
const settings = await readSettings(process.env, process.env['UPDATE_USER_CONFIG']);
const { stages, update, wholeCall } = await pipelineOf(createApp(settings, { isServer: true }));
const costs = await measureCosts([stages, update, wholeCall], meter, Number(process.env['BENCH_ROUNDS']));

const sum = sumOf(stages);
const whole = costOf(WHOLE);
const restOfUpdate = costOf(UPDATE) - sumOf(stages.filter(({ of }) => of === 'update'));
const lines = [
  ...stages.map(({ name }) => ({ name, value: costOf(name) })),
  { name: 'sum of the stages', value: sum },
  { name: 'the rest of the update: lock, deadlines, promises (difference)', value: restOfUpdate },
  { name: 'the rest of the server: the SDK, streams (difference)', value: whole - sum - restOfUpdate },
  { name: WHOLE, value: whole },
];
process.stdout.write(JSON.stringify(lines));
process.exit();

function sumOf(some: readonly Stage[]): number {
  return some.reduce((total, { name, isPart }) => (isPart ? total : total + costOf(name)), 0);
}

function costOf(name: string): number {
  const cost = costs.get(name);
  if (cost === undefined) throw new Error(`"${name}" could not be measured: garbage was collected in each turn`);
  return cost;
}
