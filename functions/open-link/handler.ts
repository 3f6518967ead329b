import * as v from 'valibot';
import { linkRoutes } from '../../contract/routes/links.ts';
import { answerOnPage, openApproval } from '../../lib/approvals/page/open-approval.ts';
import {
  followedEnv,
  ownKeysEnv,
  publicEnv,
  readConfig,
  recordsEnv,
  sharesEnv,
  tasksEnv,
} from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { approvalChanges } from '../../lib/compose/approvals.ts';
import { shareTables, signedUrls } from '../../lib/compose/files.ts';
import { linkKeys } from '../../lib/compose/links.ts';
import { loadOwnKeys } from '../../lib/compose/secret.ts';
import { incidentChanges } from '../../lib/compose/sources.ts';
import { taskChanges } from '../../lib/compose/tasks.ts';
import { visitorPorts } from '../../lib/compose/visitors.ts';
import { openFile } from '../../lib/files/share/open-file.ts';
import { openIncident, tapOnPage } from '../../lib/incidents/page/open-incident.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import { actOnTask, formFields, sorryPage } from '../../lib/tasks/page/act-on-task.ts';
import { openTask } from '../../lib/tasks/page/open-task.ts';

const log = createLog('open-link', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(
    v.object({ ...ownKeysEnv, ...sharesEnv, ...tasksEnv, ...followedEnv, ...recordsEnv, ...publicEnv }),
    process.env,
  );
  const keys = await loadOwnKeys(config);
  const known = { ...linkKeys(config, keys), ...visitorPorts(config, keys) };
  const answers = approvalChanges(config, log);
  const ports = {
    ...known,
    ...shareTables(config, log),
    ...signedUrls(config),
    ...taskChanges(config, log),
    now: Date.now,
  };
  const incidents = { ...ports, ...incidentChanges(config, log) };
  return { ...ports, answers: { ...ports, ...answers }, incidents };
});

export const handler = httpHandler({
  ready,
  log,
  routes: linkRoutes,
  handlers: {
    'GET /f/{id}': async (deps, request) => openFile(deps, request.id, request),
    'HEAD /f/{id}': async (deps, request) => openFile(deps, request.id, request),
    'GET /t/{id}': async (deps, { id, query, headers }) => openTask(deps, id, { fields: query, headers }),
    'POST /t/{id}': async (deps, { id, bytes, headers }) => actOnTask(deps, id, { fields: formFields(bytes), headers }),
    'GET /a/{id}': async ({ answers }, { id, query, headers }) => openApproval(answers, id, { fields: query, headers }),
    'POST /a/{id}': async ({ answers }, { id, bytes, headers }) =>
      answerOnPage(answers, id, { fields: formFields(bytes), headers }),
    'GET /i/{id}': async ({ incidents }, { id, query, headers }) =>
      openIncident(incidents, id, { fields: query, headers }),
    'POST /i/{id}': async ({ incidents }, { id, bytes, headers }) =>
      tapOnPage(incidents, id, { fields: formFields(bytes), headers }),
  },
  show: sorryPage,
});
