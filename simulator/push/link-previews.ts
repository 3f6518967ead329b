import { isObject } from '../json.ts';
import type { Message } from '../world/message.ts';
import { remember, type State } from '../world/state.ts';

/**
 * DingTalk's servers fetch the links of a message for their previews (identity.md §0, fact 11): a GET has to decide
 * nothing and spend nothing. Only addresses of this machine are fetched, so that nothing leaves it.
 */
export function previewLinks(state: State): void {
  const seen = new WeakSet<Message>();
  state.listeners.add((kind, data) => {
    if (kind !== 'message' || !isMessage(state, data) || seen.has(data)) return;
    seen.add(data);
    if (!state.settings.linkPreviews) return;
    const links = new Set(textsOf(data.content).flatMap(addressesIn));
    for (const url of links) if (isHere(state, url)) void preview(state, url, data.id);
  });
}

async function preview(state: State, url: string, message: string): Promise<void> {
  const signal = AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), state.closing.signal]);
  const at = new Date(state.clock.now()).toISOString();
  const status = await fetch(url, { headers: { 'user-agent': AGENT }, redirect: 'manual', signal }).then(
    async (answer) => {
      await answer.body?.cancel();
      return answer.status;
    },
    () => 0,
  );
  remember(state.previews, { url, message, at, status }, state.settings.mostKept);
}

function isMessage(state: State, data: unknown): data is Message {
  return state.messages.some((message) => message === data);
}

/** On this machine, and not the simulator itself. */
function isHere(state: State, url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, origin } = new URL(url);
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) && origin !== state.url;
}

/** Plain addresses, and those within DingTalk's own page links (identity.md §4). */
function addressesIn(text: string): string[] {
  const found = text.match(/(?:https?|dingtalk):\/\/[^\s"'<>()]+/g) ?? [];
  return found.flatMap((address) => {
    if (/^https?:/.test(address)) return [address];
    const inner = new URLSearchParams(address.slice(address.indexOf('?'))).get('url');
    return inner ? [inner] : [];
  });
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return isObject(value) ? Object.values(value).flatMap(textsOf) : [];
}

const AGENT = 'DingTalk-LinkService/1.0';

const PATIENCE_MS = 5000;
