import { useState } from 'preact/hooks';
import type { MessageView, Recalled } from '../../../contract/answers/messages.ts';
import { useLive } from './live.ts';
import { Deed, go, Mark, Said, Shown, Time, timeOf, useReader } from './parts.tsx';

const UNFINISHED_MS = 2_000;
const isUnfinished = ({ status }: MessageView) => status === 'queued' || status === 'sending';
/** Whether its destinations are registered ones: what goes to people or answers an event belongs to a record. */
const isOfKey = ({ deliveries = [] }: MessageView) => deliveries.every(({ destination }) => !/[@:]/.test(destination));
type Delivery = NonNullable<MessageView['deliveries']>[number];

/** A message from its acceptance to whom it reached, and what can still be done. */
export function Story({ id }: { id: string }) {
  const { words, ask } = useReader();
  const live = useLive(
    () => ask<MessageView>(`GET /messages/${encodeURIComponent(id)}`),
    id,
    (message) => (isUnfinished(message) ? UNFINISHED_MS : undefined),
  );
  return (
    <section>
      <h2>
        {words.message} <code>{id}</code>
      </h2>
      <Shown live={live}>
        {(message) => (
          <>
            <Deeds message={message} changed={live.reload} />
            {message.deliveries?.map((delivery) => (
              <Told key={delivery.destination} message={message} delivery={delivery} />
            ))}
          </>
        )}
      </Shown>
    </section>
  );
}

function Deeds({ message, changed }: { message: MessageView; changed: () => void }) {
  const { words, ask, may } = useReader();
  const [recalled, setRecalled] = useState<Recalled>();
  if (!may('messages:send')) return null;
  const has = (...statuses: string[]) => message.deliveries?.some(({ status }) => statuses.includes(status));
  const post = <T,>(deed: string) => ask<T>(`POST /messages/${message.id}/${deed}`);
  return (
    <div class="buttons">
      {has('failed', 'unknown', 'expired') && isOfKey(message) && (
        <Deed
          main
          name={words.resend}
          run={async () => {
            const { id } = await post<MessageView>('resend');
            if (id === message.id) changed();
            else go(`#/m/${id}`);
          }}
        />
      )}
      {has('sent', 'queued') && (
        <Deed
          name={words.recall}
          run={async () => {
            setRecalled(await post<Recalled>('recall'));
            changed();
          }}
        />
      )}
      {recalled?.deliveries.map(({ destination, reason }) => (
        <p key={destination} role="status">
          {destination}: {reason === undefined ? words.recalled : words.notRecalled(words.told('', reason))}
        </p>
      ))}
    </div>
  );
}

/** What became of it at one destination, in the order of time. */
function Told({ message, delivery }: { message: MessageView; delivery: Delivery }) {
  const { words, may } = useReader();
  const { destination, status, attempts, waits } = delivery;
  const last = attempts.at(-1);
  const bad = status === 'failed' || status === 'unknown' || status === 'expired';
  return (
    <>
      <h3>
        <span dir="auto">{destination}</span> <Mark status={status} />
      </h3>
      {bad && last?.remedy && (
        <div class="note bad">
          <p>{words.remedy}</p>
          <Said words={words} text={last.remedy} />
          {may('destinations:write') && (
            <a href={`#/d/${encodeURIComponent(destination)}?back=${message.id}`}>{words.mend(destination)}</a>
          )}
        </div>
      )}
      <ol class="story" aria-label={`${words.story}: ${destination}`}>
        <li>
          {words.accepted} <Time at={message.createdAt} />
          {message.sendAt && <p>{words.notBefore(timeOf(message.sendAt))}</p>}
          {message.expiresAt && <p>{words.expires(timeOf(message.expiresAt))}</p>}
        </li>
        <Slot from={message.sendAt ?? message.createdAt} to={attempts[0]?.at} />
        {attempts.map((attempt) => (
          <li key={attempt.at} class={attempt.outcome === 'sent' ? '' : 'bad'}>
            {words.outcome[attempt.outcome]} <Time at={attempt.at} />
            {attempt.code && <Said words={words} code={attempt.code} text={attempt.reason} />}
          </li>
        ))}
        {waits && <li>{words.until(words.waits[waits.for], timeOf(waits.until))}</li>}
        <Ending {...delivery} />
      </ol>
    </>
  );
}

function Slot({ from, to }: { from: string; to: string | undefined }) {
  const { words } = useReader();
  if (to === undefined) return null;
  const ms = Math.max(0, Date.parse(to) - Date.parse(from));
  return <li>{words.slot((ms / 1000).toFixed(1))}</li>;
}

function Ending({ reach, fallback, mergedInto, possibleDuplicate }: Delivery) {
  const { words } = useReader();
  return (
    <>
      {fallback && <li>{words.fallback(fallback.to ?? fallback.topicArn ?? '')}</li>}
      {mergedInto && (
        <li>
          <a href={`#/m/${mergedInto}`}>{words.merged}</a>
        </li>
      )}
      {possibleDuplicate && <li>{words.duplicate}</li>}
      {reach && (
        <li>
          {words.reached(reach.reached.length)}
          {reach.unconfirmed.length > 0 && <p>{words.unconfirmed(reach.unconfirmed.length)}</p>}
          {reach.notReached.length > 0 && <p class="bad">{words.notReached(reach.notReached.join(', '))}</p>}
        </li>
      )}
    </>
  );
}
