import { newOk, newRefusal } from '../../gateway/envelope.ts';
import { guarded, type Route } from '../../gateway/route.ts';
import { textIn } from '../../json.ts';
import { rememberKey, type State } from '../../world/state.ts';

/** Exchanges the code of a received file for a short-lived address (callbacks.md §6, files.md §7). */
export function robotFileRoutes(state: State): Route[] {
  return [
    guarded('POST', '/v1.0/robot/messageFiles/download', (call, app) => {
      const downloadCode = textIn(call.body, 'downloadCode');
      const robotCode = textIn(call.body, 'robotCode');
      if (!downloadCode || !robotCode)
        throw newRefusal('download.empty', 400, 'invalidParameter.robotCode.empty', 'robotCode或downloadCode不能为空');
      const code = state.downloadCodes.get(downloadCode);
      if (!code || code.expiresAt <= state.clock.now())
        throw newRefusal('download.code', 400, 'invalidParameter.robotCode.downloadCode', 'downloadCode错误或已过期');
      if (code.robotCode !== robotCode || robotCode !== app.robotCode)
        throw newRefusal(
          'download.foreign-robot',
          400,
          'invalidParameter.robotCode.auth',
          'downloadCode与robotCode不匹配',
        );
      return newOk({ downloadUrl: downloadLink(state, code.mediaId) });
    }),
  ];
}

export function downloadCodeFor(state: State, robotCode: string, mediaId: string): string {
  const code = state.chance.bytes(24).toString('base64');
  const { downloadLifeMs, mostKept } = state.settings;
  const expiresAt = state.clock.now() + downloadLifeMs;
  rememberKey(state.downloadCodes, code, { robotCode, mediaId, expiresAt }, mostKept);
  return code;
}

/** Like the real one: an object-store address with `Expires`; the saved name ends in `.file` (files.md §7). */
function downloadLink(state: State, mediaId: string): string {
  const id = state.chance.bytes(16).toString('hex');
  const expiresAt = state.clock.now() + state.settings.downloadLifeMs;
  rememberKey(state.downloadLinks, id, { mediaId, expiresAt }, state.settings.mostKept);
  return `${state.url}/_sim/downloads/${id}.file?Expires=${Math.floor(expiresAt / 1000)}&Signature=simulated`;
}
