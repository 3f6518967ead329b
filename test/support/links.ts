/** The page that an address leads to, also of one that DingTalk's clients open within themselves (identity.md §4). */
export function pageOf(address: string): string {
  const inner = /dingtalk:\/\/dingtalkclient\/page\/link\?([^\s)"]+)/.exec(address)?.[1];
  return inner === undefined ? address : (new URLSearchParams(inner).get('url') ?? '');
}
