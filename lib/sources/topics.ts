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

/**
 * Claims the topics of a source. Another's claim without its source is taken over, and given back where the source was put
 * meanwhile. @throws InvalidInput for a topic of another source
 */
export async function claimTopics(sources: Claims, source: Source): Promise<void> {
  for (const topic of topicsOf(source)) {
    const holder = await sources.topicHolder(topic);
    if (holder === source.name) continue;
    const isOfHolder = async () => holder !== undefined && topicsOf(await sources.read(holder)).includes(topic);
    if ((await isOfHolder()) || !(await sources.claimTopic(topic, source.name, holder))) throw taken(topic);
    if (holder === undefined || !(await isOfHolder())) continue;
    await sources.claimTopic(topic, holder, source.name);
    throw taken(topic);
  }
}

/**
 * Once a source is changed: lets go of what it had and has no more, and claims again what it has, for others may have
 * changed it, or claimed, at the same time. @throws InvalidInput for a topic that another source has got
 */
export async function settleTopics(sources: Claims, name: string, before: Source | undefined): Promise<void> {
  const kept = topicsOf(await sources.read(name));
  for (const topic of topicsOf(before)) if (!kept.includes(topic)) await sources.releaseTopic(topic, name);
  const after = await sources.read(name);
  if (after) await claimTopics(sources, after);
}

/** The source that a topic delivers to, as it stands now. Undefined where none takes it. */
export async function sourceOfTopic(sources: TopicSources, topic: string): Promise<Source | undefined> {
  const holder = await sources.topicHolder(topic);
  const source = holder === undefined ? undefined : await sources.read(holder);
  return topicsOf(source).includes(topic) ? source : undefined;
}

function taken(topic: string): InvalidInput {
  const message = `another source takes ${topic} by its function: a topic is of one source`;
  return new InvalidInput('sources.put', 'invalid_request', [{ path: 'topics', code: 'topic_taken', message }]);
}
