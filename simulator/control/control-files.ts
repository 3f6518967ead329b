import { keepFile } from '../api/file-shelf.ts';
import { textIn } from '../json.ts';
import type { MediaType } from '../world/records.ts';
import type { State } from '../world/state.ts';
import { type Control, ControlFault, need } from './control-input.ts';
import { facts } from './control-views.ts';

/** A file on the media shelf, as an upload would put it there: its media id can be used in a message. */
export function fileActions(state: State): Control {
  return {
    'POST /files': ({ body }) => {
      const wanted = textIn(body, 'type') ?? 'file';
      const type = TYPES.find((known) => known === wanted);
      if (!type) throw new ControlFault(`type is not one of ${TYPES.join(', ')}`, EXPECTED);
      const fileName = need(body, 'name', EXPECTED);
      const data = Buffer.from(need(body, 'base64', EXPECTED), 'base64');
      return facts(keepFile(state, { type, fileName, contentType: 'application/octet-stream', data }));
    },
  };
}

const TYPES: MediaType[] = ['file', 'image', 'voice', 'video'];
const EXPECTED = '{"name": "a.pdf", "base64": "…"}; optional "type": "image", "voice" or "video"';
