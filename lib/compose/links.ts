import { createHmac } from 'node:crypto';
import type { Config, publicEnv } from '../base/config.ts';
import { createPageLinks } from '../tasks/page/page-link.ts';
import { clock } from './clients.ts';
import type { OwnKeys } from './secret.ts';

/** Ids and signatures that only this stage can make. */
export function linkKeys(config: Config<typeof publicEnv>, { linkKey }: Pick<OwnKeys, 'linkKey'>) {
  const sign = (purpose: string, id: string) =>
    createHmac('sha256', linkKey).update(`${purpose}\n${id}`).digest('base64url').slice(0, 22);
  const links = { publicUrl: config.PUBLIC_URL, sign, now: clock.now };
  const { pageUrl: approvalUrl, holderOf: approvalHolder } = createPageLinks(links, 'a');
  return {
    publicUrl: config.PUBLIC_URL,
    linkId: (shareId: string) => sign('link', shareId),
    ...createPageLinks(links),
    approvalUrl,
    approvalHolder,
  };
}
