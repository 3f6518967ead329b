import { input } from '../faults.ts';
import { DryRun } from '../requests/dry-run.ts';
import { ChangeTask, DispatchTask, ListTasks } from '../requests/tasks.ts';
import type { Routes } from '../route.ts';

const record = { records: ['path.id'] } as const;

export const taskRoutes = {
  'POST /tasks': {
    needs: 'tasks:write',
    reaches: {
      destinations: ['body.notify'],
      people: ['body.assignees', 'body.participants', 'body.creator'],
      apps: ['body.app'],
    },
    query: input(DryRun),
    body: input(DispatchTask),
  },
  'GET /tasks': {
    needs: 'tasks:read',
    reaches: { all: true, people: ['query.assignee'] },
    query: input(ListTasks),
  },
  'GET /tasks/{id}': { needs: 'tasks:read', reaches: record },
  'PATCH /tasks/{id}': {
    needs: 'tasks:write',
    reaches: { ...record, people: ['body.add', 'body.remove', 'body.step.userId'] },
    body: input(ChangeTask),
  },
} as const satisfies Routes;
