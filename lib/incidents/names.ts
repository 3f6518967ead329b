import type { Incident } from './incident.ts';
import type { Words } from './words/zh.ts';

/** What people call an incident. */
export function incidentName({ code, title }: Pick<Incident, 'code' | 'title'>): string {
  return `${code} ${title}`;
}

/** What people call somebody who tapped. */
export function personName({ names = {} }: Pick<Incident, 'names'>, userId: string): string {
  return names[userId] ?? userId;
}

/** How it stands, and who made it so. */
export function standing(incident: Incident, { message }: Words): string | undefined {
  const { state, taken, silenced } = incident;
  if (state === 'silenced' && silenced) return message.silenced(personName(incident, silenced.userId));
  return taken && message.taken(personName(incident, taken.userId));
}
