import { InvalidInput } from '../base/errors.ts';
import type { Source, SourceStore } from './source.ts';

// Topics of SNS that subscribe the function itself. Nothing in such a delivery names a source, so a topic is of one: else
// whoever may make a source could listen to what was meant for another.

export type TopicSources = Pick<SourceStore, 'topicHolder' | 'read'>;
type Claims = TopicSources & Pick<SourceStore, 'claimTopic' | 'releaseTopic'>;

/** The topics that deliver to the function for this source. */
export function topicsOf(source: Source | undefined): string[] {
  return source?.rules.kind === 'sns' && source.rules.lambda === true ? source.rules.topics : [];
}

/** @throws InvalidInput for a topic of another source */
export async function claimTopics(sources: Claims, source: Source): Promise<void> {
  for (const topic of topicsOf(source)) {
    const holder = await sources.topicHolder(topic);
    if (holder === source.name) continue;
    const isTaken = holder !== undefined && topicsOf(await sources.read(holder)).includes(topic);
    if (isTaken || !(await sources.claimTopic(topic, source.name, holder))) throw taken(topic);
  }
}

/** Lets go of what a source had and has no more. */
export async function releaseTopics(sources: Claims, before: Source | undefined, after?: Source): Promise<void> {
  const kept = topicsOf(after);
  for (const topic of topicsOf(before)) {
    if (before && !kept.includes(topic)) await sources.releaseTopic(topic, before.name);
  }
}

/** The source that a topic delivers to, as it stands now: what is refused does not come again. Undefined where none takes it. */
export async function sourceOfTopic(sources: TopicSources, topic: string): Promise<Source | undefined> {
  const holder = await sources.topicHolder(topic);
  const source = holder === undefined ? undefined : await sources.read(holder);
  return topicsOf(source).includes(topic) ? source : undefined;
}

function taken(topic: string): InvalidInput {
  const message = `another source takes ${topic} by its function: a topic is of one source`;
  return new InvalidInput('sources.put', 'invalid_request', [{ path: 'topics', code: 'topic_taken', message }]);
}
