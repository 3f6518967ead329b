import { ServiceError } from '../../base/errors.ts';
import type { Content } from '../content.ts';

type RobotBody = { msgKey: string; msgParam: Record<string, string> };

/** Buttons that the app robot's cards have at most (messaging.md §3.7). */
export const MAX_ROBOT_BUTTONS = 5;

/** msgKey and msgParam of the app robot (messaging.md §3.7); every value is a string. */
export function robotBody(content: Content): RobotBody {
  switch (content.kind) {
    case 'text':
      return { msgKey: 'sampleText', msgParam: { content: content.text } };
    case 'markdown':
      return { msgKey: 'sampleMarkdown', msgParam: { title: content.title, text: content.text } };
    case 'link': {
      const { title, text, url, pictureUrl } = content;
      return { msgKey: 'sampleLink', msgParam: { title, text, messageUrl: url, picUrl: pictureUrl ?? '' } };
    }
    case 'actionCard':
      return actionCard(content);
    case 'image':
      return { msgKey: 'sampleImageMsg', msgParam: { photoURL: content.mediaId } };
    case 'voice':
      return { msgKey: 'sampleAudio', msgParam: { mediaId: content.mediaId, duration: String(content.durationMs) } };
    case 'file':
      return {
        msgKey: 'sampleFile',
        msgParam: { mediaId: content.mediaId, fileName: content.fileName, fileType: extensionOf(content.fileName) },
      };
    default:
      throw new ServiceError('messages.render', { code: 'content_not_carried', retryable: false });
  }
}

function actionCard({ title, text, buttons, orientation }: Extract<Content, { kind: 'actionCard' }>): RobotBody {
  const [first, ...more] = buttons;
  if (first && more.length === 0) {
    return { msgKey: 'sampleActionCard', msgParam: { title, text, singleTitle: first.title, singleURL: first.url } };
  }
  // The card with two buttons side by side names its members differently.
  const sideBySide = orientation === 'horizontal' && buttons.length === 2;
  const [titleName, urlName] = sideBySide ? ['buttonTitle', 'buttonUrl'] : ['actionTitle', 'actionURL'];
  const members = buttons.flatMap((button, index) => [
    [`${titleName}${index + 1}`, button.title],
    [`${urlName}${index + 1}`, button.url],
  ]);
  const msgKey = sideBySide ? 'sampleActionCard6' : `sampleActionCard${buttons.length}`;
  return { msgKey, msgParam: { title, text, ...Object.fromEntries(members) } };
}

/** fileType drives the icon and the suffix on the phone; `file` when a name has none (files.md §6.1). */
function extensionOf(fileName: string): string {
  const dot = fileName.lastIndexOf('.');
  return dot > 0 && dot < fileName.length - 1 ? fileName.slice(dot + 1).toLowerCase() : 'file';
}
