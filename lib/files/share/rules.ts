import type { Destination } from '../../messages/destination.ts';
import { type Because, extensionOf } from './ways.ts';

export const LINK_ONLY: Because = { code: 'link_only', reason: 'its destination takes links only' };

/** The rule of a destination for files that a file breaks as media: an image or a file of its own. */
export function brokenMediaRule(destination: Destination, fileName: string, size: number): Because | undefined {
  return destination.files?.linkOnly ? LINK_ONLY : brokenRule(destination, fileName, size);
}

/** The rule of a destination for files that a file breaks. */
export function brokenRule({ files }: Destination, fileName: string, size: number): Because | undefined {
  if (files?.maxBytes !== undefined && size > files.maxBytes) {
    return { code: 'over_destination_limit', reason: `${size} bytes; this destination takes ${files.maxBytes}` };
  }
  if (!files?.types || files.types.includes(extensionOf(fileName))) return undefined;
  const reason = `".${extensionOf(fileName)}" is not among the types of this destination: ${files.types.join(', ')}`;
  return { code: 'type_not_allowed', reason };
}
