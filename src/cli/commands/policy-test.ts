import { createApp } from '../../app.ts';
import { readSettings, type Settings } from '../../config/load.ts';
import { AppError, UsageError } from '../../errors.ts';
import { startDeadline } from '../../lib/async/deadline.ts';
import { echo } from '../../lib/text/printable.ts';
import { matchWildcard } from '../../update/policy/text-pattern.ts';
import { type Trial, tryWithoutRecord, tryWithRecord } from '../../update/policy/trial.ts';
import { parseRequest } from '../../update/request/parse.ts';
import { argumentsSchema } from '../../update/request/schema.ts';
import type { ChangeRequest, Connection } from '../../update/types.ts';
import type { Called } from '../definitions/command.ts';
import { providerNamed } from '../known-provider.ts';
import { print } from '../output.ts';
import { readAssignments } from '../policy/assignments.ts';
import { type TrialReport, toLeafReport, toTrialText } from '../policy/trial-text.ts';

interface TestOptions {
  provider?: string;
  connection?: string;
  set?: string[];
  clear?: string[];
  'ask-for'?: string[];
  user?: string;
  caller: string;
  people: string;
  config?: string;
  json?: boolean;
}

/** `policy test`: what policy says of a change, without asking or writing. */
export async function run({ values }: Called<TestOptions>): Promise<number> {
  const settings = await readSettings(process.env, values.config);
  const connection = chooseConnection(settings, values);
  try {
    const request = toRequest(settings, connection, values);
    const trial = await judge(settings, connection, request, values);
    const report = toReport(settings, connection, values, trial);
    print(values.json ? JSON.stringify(report) : toTrialText(report));
    return 0;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'invalid_input') throw new UsageError(error.message);
    if (values.json) print(JSON.stringify({ outcome: 'failed', code: error.code, message: error.message }));
    else process.stderr.write(`update-user-mcp: ${error.message}\n`);
    return 1;
  }
}

/** A provider that is not connected has no record to read, but its fields can be judged. */
function chooseConnection(
  { connections, providers }: Settings,
  { provider: id, connection: name, user }: TestOptions,
): Connection {
  if (id === undefined) throw new UsageError('--provider: is missing; name the provider of the change');
  const provider = providerNamed(providers, id);
  const own = connections.filter((one) => one.provider.id === id);
  const names = own.map((one) => one.name).join(', ');
  if (name !== undefined) {
    const chosen = own.find((one) => one.name === name);
    if (!chosen)
      throw new UsageError(`--connection ${echo(name)}: expected one of ${names || 'none: nothing is connected'}`);
    return chosen;
  }
  const [first, ...others] = own;
  if (others.length > 0) throw new UsageError(`--connection: is missing; expected one of ${names}`);
  if (first) return first;
  if (user !== undefined) throw new UsageError(`--user: ${id} is not connected, so that no user record can be read`);
  return { name: id, provider, settings: {} };
}

/** Reads the change as the provider's tool would. Throws an AppError with the same messages. */
function toRequest({ policy }: Settings, { provider }: Connection, values: TestOptions): ChangeRequest {
  const { set, clear, user, 'ask-for': askFor } = values;
  const options = { allowSecretInput: policy.allowSecretInput };
  const schema = argumentsSchema(provider, options);
  // Without a user record nobody is named.
  const accepted = user === undefined ? (schema.partial({ user_id: true }) as unknown as typeof schema) : schema;
  const args = {
    ...(user !== undefined && { user_id: user }),
    ...(set && { set: readAssignments(provider, set) }),
    ...(clear && { clear }),
    ...(askFor && { ask_for: askFor }),
    dry_run: true,
  };
  return parseRequest('policy test', provider, accepted, options, args);
}

async function judge(
  settings: Settings,
  connection: Connection,
  request: ChangeRequest,
  { user, caller, people }: TestOptions,
): Promise<Trial> {
  const { rules } = settings.policy;
  const subject = { connection, caller: { principal: caller }, people: () => Number(people) };
  if (user === undefined) return tryWithoutRecord(rules, subject, request);
  // The store stays closed: reading a user record needs none.
  const { records } = await createApp(settings).findPorts();
  const current = await records.read(connection, request.userId, startDeadline(settings.limits.callMs));
  return tryWithRecord(rules, subject, { ...request, userId: current.id ?? request.userId }, current.record);
}

function toReport(
  { policy }: Settings,
  { name, provider }: Connection,
  { user, caller, people }: TestOptions,
  { verdict, leaves, dependsOn }: Trial,
): TrialReport {
  const callers = policy.rules.flatMap((rule) => rule.caller ?? []);
  const isUnnamed = callers.length > 0 && !callers.some((pattern) => matchWildcard(pattern, caller));
  const isCounted = policy.rules.some((rule) => rule.people !== undefined);
  return {
    provider: provider.id,
    connection: name,
    user: user ?? null,
    caller,
    ...(isCounted && { people: Number(people) }),
    ...toVerdict(verdict, dependsOn),
    fields: leaves.map(toLeafReport),
    notes: [
      ...(user === undefined
        ? ['Judged without a user record, as if everything that is named changes. Give --user for the real plan.']
        : []),
      ...(isCounted
        ? [
            `Rules with people count ${people === '1' ? '1 user record' : `${people} user records`}, and none that the caller changed in the hour before.`,
          ]
        : []),
      ...(isUnnamed ? [`No rule names the caller ${echo(caller)}.`] : []),
    ],
  };
}

function toVerdict(
  possible: Trial['verdict'],
  dependsOn: Trial['dependsOn'],
): Pick<TrialReport, 'verdict' | 'rule' | 'note' | 'possible' | 'depends_on'> {
  const [finding, ...others] = possible;
  if (!finding) return { verdict: 'unchanged' };
  const { decision, ...rule } = finding;
  const isOne = others.every((other) => other.decision === decision);
  if (!isOne) return { verdict: 'unknown', possible, depends_on: dependsOn };
  return { verdict: decision, ...rule, ...(others.length > 0 && { possible }) };
}
