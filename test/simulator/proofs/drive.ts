import type { Desk, Loose } from '../desk.ts';
import { HOUR, later, type Proof, proofs, settings } from './proof.ts';

const by = (who = 'zhangsan') => `unionId=union-${who}`;
const v1 = (here: Desk, path: string, body: unknown, who?: string) =>
  here.api('POST', `/v1.0/storage${path}?${by(who)}`, body);
const v2 = (here: Desk, path: string, body: unknown, who?: string) =>
  here.api('POST', `/v2.0/storage${path}?${by(who)}`, body);
const conv = (here: Desk, path: string, body: unknown, who?: string) =>
  here.api('POST', `/v1.0/convFile${path}?${by(who)}`, body);
const space = async (here: Desk, option: object = {}): Promise<string> =>
  (await v1(here, '/spaces', { option: { name: 'staging', scene: 's', ...option } })).body.space.id;
const folder = async (here: Desk, spaceId: string): Promise<Loose> =>
  (await v1(here, `/spaces/${spaceId}/dentries/0/folders`, { name: 'in' })).body.dentry;
const info = (size: number) => ({
  protocol: 'HEADER_SIGNATURE',
  option: { storageDriver: 'DINGTALK', preCheckParam: { size, name: 'a.zip' } },
});
const put = (target: Loose, body: string, change: Record<string, string> = {}) =>
  fetch(target.resourceUrls[0], {
    method: 'PUT',
    body: new TextEncoder().encode(body),
    headers: { ...target.headers, ...change },
  });

/** Begins an upload into a folder by v2; `end` commits it. */
async function begun(here: Desk, change: object = {}) {
  const spaceId = await space(here);
  const { uuid } = await folder(here, spaceId);
  const { body } = await v2(here, `/spaces/files/${uuid}/uploadInfos/query`, { ...info(1), ...change });
  const end = (facts: object = {}) =>
    v2(here, `/spaces/files/${uuid}/commit`, { uploadKey: body.uploadKey, name: 'a.zip', ...facts });
  return { spaceId, uuid, info: body, end };
}

async function stored(here: Desk) {
  const upload = await begun(here);
  await put(upload.info.headerSignatureInfo, 'x');
  return { ...upload, dentry: (await upload.end()).body.dentry };
}

const uploadTo = (change: object) => async (here: Desk) => {
  const { uuid } = await folder(here, await space(here));
  return v2(here, `/spaces/files/${uuid}/uploadInfos/query`, { ...info(1), ...change });
};
const named = (name: string) => async (here: Desk) =>
  v1(here, `/spaces/${await space(here)}/dentries/0/folders`, { name });
const grant =
  (change: object, option: object = { ownerType: 'APP' }) =>
  async (here: Desk) => {
    // in a space that an app owns nobody has a right, so this one is a person's
    const { uuid } = await folder(here, await space(here, { ...option, ownerType: 'USER' }));
    const body = { roleId: 'READER', members: [{ type: 'USER', id: 'lisi' }], ...change };
    return v2(here, `/spaces/dentries/${uuid}/permissions`, body);
  };
const toGroup = (here: Desk, change: object, who?: string) =>
  conv(here, '/conversations/files/send', { openConversationId: 'cidOps=', ...change }, who);
const parts = async (here: Desk, change: object) => {
  const { body } = await v1(here, `/spaces/${await space(here)}/files/multiPartUploadInfos/init`, info(1));
  return v1(here, '/spaces/files/multiPartUploadInfos/query', {
    uploadKey: body.uploadKey,
    partNumbers: [1],
    ...change,
  });
};
const download = async (here: Desk) => {
  const { spaceId, dentry } = await stored(here);
  return (await v1(here, `/spaces/${spaceId}/dentries/${dentry.id}/downloadInfos/query`, {})).body.headerSignatureInfo;
};

export const driveProofs = {
  ...proofs({
    'drive.actor': (here) => here.api('POST', '/v1.0/storage/spaces', {}),
    'drive.owner-type': (here) => v1(here, '/spaces', { option: { ownerType: 'GROUP' } }),
    'drive.no-space': (here) => here.api('GET', `/v1.0/storage/spaces/1/dentries?${by()}`),
    'drive.no-right-to-space': async (here) =>
      here.api('GET', `/v1.0/storage/spaces/${await space(here)}/dentries?${by('lisi')}`),
    'drive.page-size': async (here) =>
      here.api('GET', `/v1.0/storage/spaces/${await space(here)}/dentries?${by()}&maxResults=51`),
    'drive.parent-missing': async (here) => v1(here, `/spaces/${await space(here)}/files/commit`, {}),
    'drive.no-parent': async (here) => v1(here, `/spaces/${await space(here)}/dentries/9/folders`, { name: 'in' }),
    'drive.no-folder-uuid': (here) => v2(here, '/spaces/files/none/uploadInfos/query', info(1)),
    'drive.no-file': async (here) => v1(here, `/spaces/${await space(here)}/dentries/9/downloadInfos/query`, {}),
    'drive.name-missing': named(' '),
    'drive.name-illegal': named('a*b'),
    'drive.preview-of-folder': async (here) => {
      const { id, spaceId } = await folder(here, await space(here));
      return v1(here, `/spaces/${spaceId}/dentries/${id}/openInfos/query`, {});
    },
    'drive.download-of-folder': async (here) => {
      const { id, spaceId } = await folder(here, await space(here));
      return v1(here, `/spaces/${spaceId}/dentries/${id}/downloadInfos/query`, {});
    },
    'drive.org-not-certified': async (here) => {
      const { spaceId, dentry } = await stored(here);
      await settings(here, { orgCertified: false });
      return v1(here, `/spaces/${spaceId}/dentries/${dentry.id}/downloadInfos/query`, {});
    },
    'drive.operator': (here) => here.api('GET', '/v2.0/doc/dentries/9/queryDentryId?operatorId=nobody'),
    'drive.no-such-uuid': (here) => here.api('GET', '/v2.0/doc/dentries/9/queryDentryId?operatorId=union-lisi'),
    'drive.no-right': async (here) => {
      const { uuid } = await folder(here, await space(here));
      return here.api('GET', `/v2.0/doc/dentries/${uuid}/queryDentryId?operatorId=union-lisi`);
    },
    'drive.grant-no-file': (here) => v2(here, '/spaces/dentries/none/permissions', {}),
    'drive.grant-role': grant({ roleId: 'KING' }),
    'drive.grant-members': grant({ members: [] }),
    'drive.grant-duration': grant({ option: { duration: 60 } }),
    'drive.grant-unknown-member': grant({ members: [{ type: 'USER', id: 'nobody' }] }),
    'drive.send-foreign-space': async (here) => {
      const { body } = await conv(here, '/conversations/spaces/query', { openConversationId: 'cidOps=' });
      return conv(here, '/apps/conversations/files/send', { spaceId: body.space.spaceId, dentryId: '9' }, 'lisi');
    },
    'drive.send-no-conversation': (here) => toGroup(here, { openConversationId: undefined }),
    'drive.send-unknown-conversation': (here) => toGroup(here, { openConversationId: 'cidNope=' }),
    'drive.send-not-a-member': async (here) => {
      await here.sim('POST', '/groups', { openConversationId: 'cidOps=', members: ['wangwu'] });
      return toGroup(here, {});
    },
    'drive.send-folder': async (here) => {
      const { id, spaceId } = await folder(here, await space(here));
      return toGroup(here, { spaceId, dentryId: id });
    },
    'drive.multipart': async (here) => v1(here, `/spaces/${await space(here)}/files/uploadInfos/query`, info(1)),
    'drive.storage-driver': uploadTo({ option: { storageDriver: 'S3' } }),
    'drive.space-full': async (here) =>
      v1(here, `/spaces/${await space(here, { quota: 0 })}/files/uploadInfos/query`, { ...info(9), multipart: false }),
    'drive.org-full': async (here) => {
      await settings(here, { driveQuotaBytes: 0 });
      return uploadTo({})(here);
    },
    'drive.protocol-missing': uploadTo({ protocol: undefined }),
    'drive.protocol-unknown': uploadTo({ protocol: 'FTP' }),
    'drive.part-key': (here) => parts(here, { uploadKey: 'x' }),
    'drive.part-numbers': (here) => parts(here, { partNumbers: [] }),
    'drive.upload-key': async (here) => (await begun(here)).end({ uploadKey: 'x' }),
    'drive.nothing-stored': async (here) => (await begun(here)).end(),
    'drive.wrong-size': async (here) => {
      const { info: told, end } = await begun(here);
      await put(told.headerSignatureInfo, 'x');
      return end({ option: { size: 2 } });
    },
    'drive.wrong-md5': async (here) => {
      const preCheckParam = { size: 1, name: 'a.zip', md5: '0'.repeat(32) };
      const { info: told, end } = await begun(here, { option: { storageDriver: 'DINGTALK', preCheckParam } });
      await put(told.headerSignatureInfo, 'x');
      return end();
    },
    'drive.name-taken': async (here) => {
      const spaceId = await space(here);
      await folder(here, spaceId);
      const option = { conflictStrategy: 'RETURN_ERROR_IF_EXISTS' };
      return v1(here, `/spaces/${spaceId}/dentries/0/folders`, { name: 'in', option });
    },
    'drive.conflict-strategy': async (here) =>
      v1(here, `/spaces/${await space(here)}/dentries/0/folders`, { name: 'in', option: { conflictStrategy: 'x' } }),
  }),
  'oss.no-grant': (async (here) => {
    return (await fetch(`${here.url}/_sim/oss/unknown`)).status === 403;
  }) satisfies Proof,
  'oss.signature': (async (here) => {
    const { info: told } = await begun(here);
    return (await put(told.headerSignatureInfo, 'x', { 'content-type': 'text/plain' })).status === 403;
  }) satisfies Proof,
  'oss.expired': (async (here) => {
    const { info: told } = await begun(here);
    await later(here, HOUR);
    return (await put(told.headerSignatureInfo, 'x')).status === 403;
  }) satisfies Proof,
  'oss.length': (async (here) => {
    const { info: told } = await begun(here);
    const { pathname } = new URL(told.headerSignatureInfo.resourceUrls[0]);
    const { connect } = await import('node:net');
    const { hostname, port } = new URL(here.url);
    const head = Object.entries(told.headerSignatureInfo.headers).map(([name, value]) => `${name}: ${value}`);
    const socket = connect(Number(port), hostname);
    socket.write([`PUT ${pathname} HTTP/1.1`, `Host: ${hostname}`, 'Connection: close', ...head, '', ''].join('\r\n'));
    let said = '';
    for await (const chunk of socket) said += chunk;
    return said.startsWith('HTTP/1.1 411');
  }) satisfies Proof,
  'oss.range': (async (here) => {
    const { resourceUrls, headers } = await download(here);
    const range = { ...headers, range: 'bytes=9-', 'x-oss-range-behavior': 'standard' };
    return (await fetch(resourceUrls[0], { headers: range })).status === 416;
  }) satisfies Proof,
};
