import type { Usage } from '../../../contract/answers/usage.ts';
import { useLive } from './live.ts';
import { Shown, timeOf, useReader } from './parts.tsx';

const EVERY_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
const BEIJING = '+08:00';
const MOST_ACTS = 8;
type Meter = Usage['meters'][number];

/** The month's calls: how many, how fast, until when they last, and what took them. */
export function Limits() {
  const { words, ask } = useReader();
  const live = useLive(
    () => ask<Usage>('GET /usage'),
    'usage',
    () => EVERY_MS,
  );
  return (
    <Shown live={live}>
      {({ month, meters, hours, bannedUntil }) => (
        <>
          <h2>{words.month(month)}</h2>
          {bannedUntil && <p class="note bad">{words.ban(timeOf(bannedUntil))}</p>}
          <Hours hours={hours} />
          {meters.map((meter) => (
            <OfQuota key={meter.name} month={month} meter={meter} />
          ))}
        </>
      )}
    </Shown>
  );
}

const BAR = 10;
const HEIGHT = 60;

/** How many calls went out in each hour of the last day. */
function Hours({ hours }: { hours: Usage['hours'] }) {
  const { words } = useReader();
  const calls = hours.map((hour) => hour.calls);
  const most = Math.max(...calls);
  const sum = calls.reduce((total, one) => total + one, 0);
  const busiest = hours.find((hour) => hour.calls === most);
  const said = words.inHours(
    sum,
    hours.length,
    most,
    busiest && most > 0 ? timeOf(busiest.at).slice(0, 16) : undefined,
  );
  return (
    <section aria-label={words.byHour}>
      <h2>{words.byHour}</h2>
      <svg
        class="bars"
        viewBox={`0 0 ${hours.length * BAR} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={said}
      >
        {calls.map((one, index) => {
          const height = most === 0 ? 0 : (one / most) * HEIGHT;
          return (
            <rect key={hours[index]?.at} x={index * BAR + 1} y={HEIGHT - height} width={BAR - 2} height={height} />
          );
        })}
      </svg>
      <p>{said}</p>
    </section>
  );
}

function OfQuota({
  month,
  meter: { name, used, quota, unanswered, goneUntil, acts },
}: {
  month: string;
  meter: Meter;
}) {
  const { words } = useReader();
  const rate = used / Math.max(1, (Date.now() - Date.parse(`${month}-01T00:00:00${BEIJING}`)) / DAY_MS);
  const left = new Date(Date.now() + ((quota - used) / rate) * DAY_MS);
  const lasts = rate === 0 || left.toISOString().slice(0, 7) > month;
  return (
    <section aria-label={words.quota[name]}>
      <h2>{words.quota[name]}</h2>
      <p>
        <strong>{words.usedOf(used, quota)}</strong> {unanswered > 0 && words.noAnswer(unanswered)}
      </p>
      <meter aria-label={words.usedOf(used, quota)} max={quota} high={quota * 0.8} value={Math.min(used, quota)} />
      <p>
        {words.perDay(Math.ceil(rate))} {lasts ? words.lasts : words.endsOn(timeOf(left.toISOString()).slice(0, 10))}
      </p>
      {goneUntil && <p class="note bad">{words.gone(timeOf(goneUntil))}</p>}
      {acts.length > 0 && (
        <table aria-label={words.byAct}>
          <thead>
            <tr>
              <th scope="col">{words.act}</th>
              <th scope="col">{words.app}</th>
              <th scope="col">{words.calls}</th>
            </tr>
          </thead>
          <tbody>
            {acts.slice(0, MOST_ACTS).map(({ app, act, calls }) => (
              <tr key={`${app} ${act}`}>
                <td>
                  <code>{act}</code>
                  <meter aria-label={`${act}: ${calls}`} max={used} value={calls} />
                </td>
                <td>{app}</td>
                <td>{calls}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
