import type { App } from '../../src/app.ts';
import { startDeadline } from '../../src/lib/async/deadline.ts';
import { stringifyJson } from '../../src/lib/json/json.ts';
import { parseMessages } from '../../src/server/json-rpc/parse.ts';
import { limitResultSize } from '../../src/server/mcp/result-size.ts';
import { toToolResult } from '../../src/server/mcp/results.ts';
import { entryBody, newEntry } from '../../src/update/audit/entry.ts';
import { type Call, createContext } from '../../src/update/context.ts';
import { createPlan } from '../../src/update/plan/plan.ts';
import { verify } from '../../src/update/plan/verify.ts';
import { decide } from '../../src/update/policy/policy.ts';
import { viewPlan } from '../../src/update/redact/view.ts';
import { parseRequest } from '../../src/update/request/parse.ts';
import { argumentsSchema } from '../../src/update/request/schema.ts';
import { toMessage } from '../../src/update/results/messages.ts';
import { toResult } from '../../src/update/results/result.ts';
import { update } from '../../src/update/update.ts';
import { beforeImageOf } from '../../src/update/write/before-image.ts';
import { classify } from '../../src/update/write/classify.ts';
import type { Work } from './cost.ts';
import { lineOf, startWholeCalls } from './whole-call.ts';

/** One stage of a call. */
export interface Stage extends Work {
  /** Whose work it is: the pipeline's (`update`), or that of the server around it. */
  of: 'update' | 'server';
  /** Part of the stage above: not added to the sum. */
  isPart?: true;
}

/** How `update` and a call are called when they are measured as a whole. */
export const UPDATE = 'the update as a whole';
export const WHOLE = 'the whole call';

/** What a call is made of, and the same as a whole. */
export interface Pipeline {
  /** In the order of a call; some need those before. */
  stages: Stage[];
  update: Work[];
  wholeCall: Work[];
}

const USER = 'person-of-stages';

/** Each stage of an allowed update by itself, always on the same user record. */
export async function pipelineOf(app: App): Promise<Pipeline> {
  const ports = await app.ports();
  const [connection] = app.settings.connections;
  if (!connection) throw new Error('no connection');
  const { provider } = connection;
  const { redaction } = ports;
  const options = { allowSecretInput: false };
  const schema = argumentsSchema(provider, options);
  const parse = (nth: number) => {
    const args = { user_id: USER, set: { position: `Engineer ${nth}` } };
    return parseRequest('awork_update_user', provider, schema, options, args);
  };
  const within = startDeadline(3_600_000);
  const read = () => ports.records.read(connection, USER, within);

  const call: Call = { connection, request: parse(-1), caller: { principal: 'local' }, canAsk: false };
  const current = await read();
  const planned = () => createPlan(provider, call.request, current, new Set());
  const plan = planned();
  // No rule has `people`.
  const people = { of: () => 0, notes: () => [] };
  const judge = () => {
    const subject = { connection, caller: call.caller, userId: plan.userId, emails: plan.emails, people: people.of };
    return decide(ports.policy.rules, subject, plan);
  };
  const proposal = { kind: 'proposal' as const, snapshot: { ...current, lastSeq: 0, people }, plan, ...judge() };
  const context = createContext(call, ports);
  const body = entryBody(context, proposal);
  const seal = (changeId: string) => ports.seal.prepare(changeId)(beforeImageOf(plan, current.record));
  const toWrite = { userId: plan.userId, write: plan.write, body: plan.body };
  const write = () => ports.records.write(connection, toWrite, { within, isCurrent: async () => true });
  const written = await write();
  const check = async () => verify(provider, plan, current.record, (await read()).record);
  const after = (await read()).record;
  const seen = await check();
  const tell = () => {
    const outcome = classify(written, seen, []);
    const source = { call, commandLine: ports.commandLine, sensitive: () => [] };
    return { ...toResult(context, outcome, toMessage(outcome, source), proposal), change_id: 'change-0' };
  };
  const result = tell();
  const toolResult = toToolResult(result);

  // Each change of a user record of its own, so that nothing is in its way.
  const changeOf = (nth: number) => ({ changeId: `change-${nth}`, userId: `${USER}-${nth}` });
  const sealed = { sealed: seal('change-0'), expiresAt: Date.now() + 1e9 };
  const open = async (nth: number) => {
    const { changeId, userId } = changeOf(nth);
    const entry = { ...newEntry(call, changeId, 'unverified', body), userId };
    const opened = await ports.store.open({ entry, since: 0, beforeImage: sealed });
    if (opened.kind !== 'opened') throw new Error(`the entry could not be opened: ${opened.kind}`);
  };
  const close = (nth: number) => ports.store.close(changeOf(nth).changeId, 'updated', body);
  const lookUp = (nth: number) => {
    const person = { provider: provider.id, connection: connection.name, userId: changeOf(nth).userId };
    return ports.store.lastSeq(person);
  };
  const line = Buffer.from(lineOf(1, USER, 0).trimEnd());

  const stages: Stage[] = [
    { of: 'server', name: 'protocol in: parse and check the message', run: () => parseMessages(line) },
    { of: 'server', name: 'parse the arguments', run: parse },
    { of: 'update', name: 'look up the last entry', run: lookUp },
    { of: 'update', name: 'read: one GET', run: read },
    { of: 'update', name: 'plan', run: planned },
    { of: 'update', name: 'policy', run: judge },
    { of: 'update', name: 'compose the entry (scrub and redaction included)', run: () => entryBody(context, proposal) },
    { of: 'update', isPart: true, name: 'of that: redact for the audit log', run: () => view('audit') },
    { of: 'update', name: 'seal the before-image', run: (nth) => seal(`change-${nth}`) },
    { of: 'update', name: 'open the entry', run: open },
    { of: 'update', name: 'write: one PUT', run: write },
    { of: 'update', name: 'read back: one GET', run: read },
    { of: 'update', name: 'verify', run: () => verify(provider, plan, current.record, after) },
    { of: 'update', name: 'close the entry', run: close },
    { of: 'update', name: 'result: structure and message (redaction included)', run: tell },
    { of: 'update', isPart: true, name: 'of that: redact for the model', run: () => view('model') },
    { of: 'server', name: 'result: text', run: () => toToolResult(result) },
    {
      of: 'server',
      name: 'protocol out: limit and write the message',
      run: () => stringifyJson({ jsonrpc: '2.0', id: 1, result: limitResultSize(toolResult) }),
    },
  ];
  function view(audience: 'model' | 'audit') {
    return viewPlan(call, plan, audience, redaction);
  }
  // The arguments are parsed before, outside of what is measured.
  let request = parse(0);
  const updateOnce = async () => {
    const reply = await update({ ...call, request }, ports);
    if (reply.kind !== 'result' || reply.outcome !== 'updated') throw new Error(`update: ${JSON.stringify(reply)}`);
  };
  return {
    stages,
    update: [
      { name: 'a request to update', run: (nth) => void (request = parse(nth)) },
      { name: UPDATE, run: updateOnce },
    ],
    wholeCall: [{ name: WHOLE, run: await startWholeCalls(app) }],
  };
}
