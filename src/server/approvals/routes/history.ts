import type { Hono } from 'hono';
import type { App } from '../../../app.ts';
import { providerOfRight } from '../../../approvals/rights.ts';
import { requestUndo } from '../../../approvals/undo/request.ts';
import { searchChanges } from '../../../audit/search.ts';
import { bounds } from '../../../bounds.ts';
import { AppError } from '../../../errors.ts';
import type { ListedChange } from '../../../store/log/entry.ts';
import { type Env, isId, type PageContext } from '../context.ts';
import { readActivity } from '../history/activity.ts';
import { readBatch } from '../history/batch.ts';
import { readChange } from '../history/change.ts';
import { HISTORY_PAGE, historyPath, readHistoryQuery, toChangeQuery } from '../history/filters.ts';
import { createPersonSearch } from '../history/whom.ts';
import { changePage } from '../pages/history/change.ts';
import { type HistoryView, historyListPage } from '../pages/history/list.ts';

/** Entries read for one page at most, where no index answers the filters. */
const BUDGET = 5000;

/** The history of changes, one change, and asking for its undo. Only for approvers who are signed in. */
export function addHistoryRoutes(router: Hono<Env>, context: PageContext, app: App): void {
  const { home } = context;
  const findPerson = createPersonSearch(app);

  router.get('/history', async (c) => {
    const query = readHistoryQuery(c.get('query'), Date.now());
    if (!query) return await context.renderError(c, 400, '/history');
    const session = c.get('session');
    if (!session) return context.redirectToSignIn(c, historyPath(query.given, query.before).slice(1));
    const visible = await visibleProviders(session.approver);
    const isVisible = (id: string) => visible?.includes(id) ?? true;
    const choices = { providers: app.settings.providers.filter(({ id }) => isVisible(id)) };
    if (query.faults.length > 0) {
      const view = { query, choices, notes: [] };
      return await context.render(c, (frame) => historyListPage(frame, view), 422);
    }
    const { user, provider: named } = query.given;
    const searched = app.settings.connections.filter(
      ({ provider: { id } }) => isVisible(id) && (named === undefined || named === id),
    );
    const found = user === undefined ? undefined : await findPerson(user, session.approver, searched);
    const request = { limit: HISTORY_PAGE, before: query.before, budget: BUDGET };
    const search = { ...toChangeQuery(query, visible), ...(found && { person: found.person }) };
    const store = await app.store();
    const page = await searchChanges(store, search, request);
    const activity = await readActivity(store, query, page, visible);
    const batch = await findBatch(query.given.batch, visible, page.changes);
    const view = { query, choices, page, notes: found?.notes ?? [], activity, batch };
    return await context.render(c, (frame) => historyListPage(frame, view));
  });

  router.get('/history/:id', async (c) => {
    const id = c.req.param('id');
    if (!isId(id)) return await context.renderError(c, 404, '/history');
    const session = c.get('session');
    if (!session) return context.redirectToSignIn(c, `history/${id}`);
    const facts = await readChange(app, id, session.approver);
    if (!facts && (await findBatch(id, await visibleProviders(session.approver)))) {
      return c.redirect(`${home}${historyPath({ batch: id })}`, 303);
    }
    if (!facts) return await context.renderError(c, 404, '/history');
    return await context.render(c, (frame) => changePage(frame, facts));
  });

  router.post('/history/:id/undo', async (c) => {
    const id = c.req.param('id');
    if (!isId(id)) return await context.renderError(c, 404, '/history');
    const submission = await context.readSubmission(c, `/history/${id}`);
    if (submission instanceof Response) return submission;
    const { fields, session } = submission;
    const facts = await readChange(app, id, session.approver);
    if (!facts) return await context.renderError(c, 404, '/history');
    if (facts.offer.kind !== 'available') return await context.render(c, (frame) => changePage(frame, facts), 422);
    const reason = fields.get('reason')?.toWellFormed().trim() ?? '';
    if (reason.length > bounds.reasonCharacters) {
      const errors = [{ field: 'reason', message: `may have at most ${bounds.reasonCharacters} characters` }];
      return await context.render(c, (frame) => changePage(frame, facts, { errors }), 422);
    }
    const wish = { approver: session.approver, changeId: id, ...(reason !== '' && { reason }) };
    const result = await requestUndo(wish, app.settings.connections, await app.ports()).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'not_found') return undefined;
      throw error;
    });
    if (!result) return await context.renderError(c, 404, '/history');
    context.log.info(
      { change: id, approver: session.approver, outcome: result.outcome, approval: result.approval?.id },
      'an approver asked for an undo',
    );
    if (result.approval) return c.redirect(`${home}/${result.approval.id}`, 303);
    return await context.render(c, (frame) => changePage(frame, facts, { result }), 422);
  });

  async function findBatch(
    id: string | undefined,
    visible: readonly string[] | undefined,
    changes: readonly ListedChange[] = [],
  ): Promise<HistoryView['batch']> {
    const facts = id === undefined ? undefined : await readBatch(await app.store(), id, visible, changes);
    return facts && { facts, resumeCommand: (await app.ports()).commandLine('apply', '--resume', facts.id) };
  }

  /** Undefined for all, also those this version does not know: their changes stay in the audit log. */
  async function visibleProviders(name: string): Promise<readonly string[] | undefined> {
    const approver = await (await context.service()).approver(name);
    const named = (approver?.may ?? []).map(providerOfRight);
    return named.includes('*') ? undefined : named;
  }
}
