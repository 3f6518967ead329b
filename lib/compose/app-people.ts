import type { Language } from '../base/language.ts';
import type { Apps } from './secret.ts';

/** How to write to the people of each app, and as whom; of one that is gone, as to those of the first. */
export function appPeople({ apps }: Pick<Apps, 'apps'>) {
  const named = (name?: string) => apps.find((app) => app.name === name) ?? apps[0];
  return {
    timeZoneOf: (name?: string) => named(name)?.timeZone ?? 'Asia/Shanghai',
    languageOf: (name?: string): Language => named(name)?.language ?? 'zh',
    senderOf: (name?: string) => named(name)?.title ?? named(name)?.name ?? '',
  };
}
