import { createHmac } from 'node:crypto';
import type { Config, publicEnv } from '../base/config.ts';
import { createPageLinks } from '../base/visitor/page-link.ts';
import { clock } from './clients.ts';
import type { Apps, OwnKeys } from './secret.ts';

/**
 * Ids and signatures that only this stage can make.
 * @param secret with the apps, where links are made: they say whose people sign in
 */
export function linkKeys(config: Config<typeof publicEnv>, secret: Pick<OwnKeys, 'linkKey'> & Partial<Apps>) {
  const { linkKey, apps = [] } = secret;
  const sign = (purpose: string, id: string) =>
    createHmac('sha256', linkKey).update(`${purpose}\n${id}`).digest('base64url').slice(0, 22);
  const signsIn = (name?: string) => (apps.find((app) => app.name === name) ?? apps[0])?.signIn ?? false;
  const links = { publicUrl: config.PUBLIC_URL, sign, now: clock.now };
  const approvals = createPageLinks({ ...links, signsIn }, 'a');
  const incidents = createPageLinks({ ...links, signsIn }, 'i');
  return {
    publicUrl: config.PUBLIC_URL,
    linkId: (shareId: string) => sign('link', shareId),
    ...createPageLinks({ ...links, signsIn }),
    approvalUrl: approvals.pageUrl,
    approvalLink: approvals.linkOf,
    approvalHolder: approvals.holderOf,
    incidentLink: incidents.linkOf,
    incidentHolder: incidents.holderOf,
  };
}
