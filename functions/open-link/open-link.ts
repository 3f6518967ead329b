import type { LinkStore, ObjectStore } from '../../lib/files/share.ts';
import type { TaskStore } from '../../lib/tasks/store.ts';
import type { Task } from '../../lib/tasks/task.ts';

export type OpenDeps = {
  links: LinkStore;
  objects: ObjectStore;
  tasks: Pick<TaskStore, 'get'>;
  /** Whether `signature` belongs to this task's page. */
  isPageOf(taskId: string, signature: string): boolean;
  now: () => number;
};

/** The presigned address behind a link is for the click, not for keeping. */
const PRESIGNED_S = 300;

/** A redirect, or a page for people. */
export type Opened = { status: number; headers: Record<string, string>; body?: string };

/** Opens `/f/{id}`: sends the reader to the file itself, while its sender lets it. */
export async function openFile(deps: OpenDeps, id: string): Promise<Opened> {
  const link = await deps.links.get(id);
  if (!link) return page(404, '没有这个链接 No such link', 'Ask the sender for a new one.');
  const ask = `Ask the sender to share "${link.fileName}" again.`;
  if (Date.parse(link.expiresAt) <= deps.now()) {
    return page(410, '链接已过期 This link has expired', `It was good until ${link.expiresAt.slice(0, 10)}. ${ask}`);
  }
  if (!(await deps.links.view(id))) {
    const { revokedAt } = (await deps.links.get(id)) ?? link;
    if (revokedAt !== undefined) return page(410, '链接已撤销 This link was revoked', ask);
    return page(410, '链接已用完 This link is used up', `It could be opened ${link.maxViews} times. ${ask}`);
  }
  const location = await deps.objects.presign(link, PRESIGNED_S);
  return { status: 302, headers: { location, 'cache-control': 'no-store' } };
}

/** Opens `/t/{id}?s=…`: what the task is. */
export async function openTask(deps: OpenDeps, id: string, signature: string): Promise<Opened> {
  if (!deps.isPageOf(id, signature)) {
    return page(403, '无权查看 Not your link', 'Open the task from your DingTalk to-do.');
  }
  const task = await deps.tasks.get(id);
  if (!task) return page(404, '没有这个任务 No such task', 'It may have been deleted.');
  return taskPage(task);
}

function taskPage({ title, description, assignees, due }: Task): Opened {
  const rows = [
    `负责人 Assignees: ${assignees.map(({ userId, name = userId }) => name).join(', ')}`,
    ...(due === undefined ? [] : [`截止 Due: ${due}`]),
  ];
  return page(200, title, [description ?? '', ...rows].filter(Boolean).join('\n'));
}

function page(status: number, title: string, text: string): Opened {
  const style =
    'body{font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}p{white-space:pre-line}';
  const body = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${style}</style><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></html>`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }, body };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
