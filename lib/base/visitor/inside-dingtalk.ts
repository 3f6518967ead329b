/**
 * An address that DingTalk's clients open within themselves: on a phone as a page of their own, on a desktop in the panel
 * beside the chat, where a page can ask who is looking (identity.md §4).
 */
export function insideDingTalk(url: string): string {
  return `dingtalk://dingtalkclient/page/link?url=${encodeURIComponent(url)}&pc_slide=true`;
}

type Headers = Record<string, string | undefined>;

/**
 * DingTalk's servers fetch links for previews, and browsers before anybody taps: nobody reads the page then, and nothing may
 * be used up (identity.md §0, fact 11).
 */
export function onlyLooks(headers: Headers): boolean {
  const ahead = ['purpose', 'sec-purpose', 'x-purpose', 'x-moz'].map((name) => headers[name]).join(' ');
  return PREVIEWS.test(headers['user-agent'] ?? '') || /prefetch|preview|prerender/i.test(ahead);
}

/** Programs that fetch a link to show what it leads to: DingTalk's, and those of chats that it is forwarded to. */
const PREVIEWS = /DingTalk-LinkService|\+https?:|TelegramBot|WhatsApp\/|facebookexternalhit|UriPreview/i;
