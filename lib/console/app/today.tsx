import type { MessageList, MessageView } from '../../../contract/answers/messages.ts';
import type { DeliveryStatus } from '../../../contract/records/messages.ts';
import { useLive } from './live.ts';
import { go, Mark, Said, Shown, Time, timeOf, useReader } from './parts.tsx';

const FEW = 5;
const EVERY_MS = 20_000;

/**
 * What needs somebody, what waits and why, and what went out: five reads, however much is stored. Without its day the last list
 * would look into the days before, in a read each.
 */
export function Today() {
  const { words, ask } = useReader();
  const live = useLive(
    async () => {
      const [failed, waiting, newest] = await Promise.all([
        ask<MessageList>(`GET /messages?status=failed&limit=${FEW}`),
        ask<MessageList>(`GET /messages?status=queued&limit=${FEW}`),
        ask<MessageList>(`GET /messages?limit=10&day=${new Date().toISOString().slice(0, 10)}`),
      ]);
      return { failed, waiting, newest };
    },
    'today',
    () => EVERY_MS,
  );
  return (
    <>
      <Shown live={live}>
        {({ failed, waiting, newest }) => (
          <>
            <Some title={words.failedTitle} list={failed} all="failed" />
            <Some title={words.waitingTitle} list={waiting} all="queued" />
            <Some title={words.newestTitle} list={{ cursor: '', ...newest }} all="" />
          </>
        )}
      </Shown>
      <ById />
    </>
  );
}

/** A page of messages, of one status or of all. */
export function Messages({ status, cursor }: { status: string; cursor: string }) {
  const { words, ask } = useReader();
  const query = new URLSearchParams({ ...(status && { status }), ...(cursor && { cursor }) }).toString();
  const live = useLive(() => ask<MessageList>(`GET /messages${query && `?${query}`}`), query);
  const title = status ? `${words.listTitle} · ${words.status[status as DeliveryStatus]}` : words.listTitle;
  return (
    <Shown live={live}>
      {(list) => (
        <section>
          <h2>{title}</h2>
          <Rows messages={list.messages} />
          {list.cursor && <a href={`#/list/${status}?${new URLSearchParams({ cursor: list.cursor })}`}>{words.more}</a>}
        </section>
      )}
    </Shown>
  );
}

function Some({ title, list, all }: { title: string; list: MessageList; all: string }) {
  const { words } = useReader();
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <Rows messages={list.messages} />
      {list.cursor !== undefined && (
        <a href={`#/list/${all}`} aria-label={`${words.all}: ${title}`}>
          {words.all}
        </a>
      )}
    </section>
  );
}

function Rows({ messages }: { messages: MessageView[] }) {
  const { words } = useReader();
  if (messages.length === 0) return <p>{words.nothing}</p>;
  return (
    <ul>
      {messages.map((message) => (
        <Row key={message.id} {...message} />
      ))}
    </ul>
  );
}

function Row({ id, status, createdAt, sendAt, deliveries = [] }: MessageView) {
  const { words } = useReader();
  const { waits, attempts = [] } = deliveries.find((each) => each.status === status) ?? {};
  const last = attempts.at(-1);
  const until = waits?.until ?? sendAt;
  return (
    <li>
      <a href={`#/m/${id}`}>
        <Mark status={status} />
        <strong dir="auto">{deliveries.map(({ destination }) => destination).join(', ')}</strong>
        <Time at={createdAt} />
      </a>
      {status === 'queued' && until && <p>{words.until(words.waits[waits?.for ?? 'sendAt'], timeOf(until))}</p>}
      {last && status !== 'sent' && <Said words={words} code={last.code} text={last.remedy ?? last.reason} />}
    </li>
  );
}

/** In place of today, for whoever may see single messages at most. */
export function NoList() {
  const { words, may } = useReader();
  return (
    <>
      <p>{words.noList}</p>
      {may('messages:read') && <ById />}
    </>
  );
}

function ById() {
  const { words } = useReader();
  const open = (event: SubmitEvent) => {
    event.preventDefault();
    const id = new FormData(event.currentTarget as HTMLFormElement).get('id');
    go(`#/m/${String(id).trim()}`);
  };
  return (
    <form onSubmit={open}>
      <label for="by-id">{words.byId}</label>
      <input id="by-id" name="id" placeholder="m_…" required />
      <div class="buttons">
        <button type="submit">{words.open}</button>
      </div>
    </form>
  );
}
