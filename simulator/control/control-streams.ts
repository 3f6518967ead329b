import { disconnect, ping } from '../api/stream/sockets.ts';
import { textIn } from '../json.ts';
import type { State } from '../world/state.ts';
import type { StreamConnection } from '../world/stream.ts';
import { type Control, ControlFault } from './control-input.ts';

/** The Stream connections of apps, and what may happen to them. */
export function streamActions(state: State): Control {
  return {
    'GET /streams': () => state.streams.map(describe),
    'POST /streams': ({ body }) => {
      const act = acts[textIn(body, 'do') ?? ''];
      if (!act) throw new ControlFault('do is not known', EXPECTED);
      const id = textIn(body, 'id');
      const wanted = state.streams.filter((connection) => id === undefined || connection.id === id);
      if (wanted.length === 0) throw new ControlFault('there is no such connection', 'see GET /_sim/streams');
      for (const connection of wanted) act(state, connection);
      return wanted.map(describe);
    },
  };
}

type Act = (state: State, connection: StreamConnection) => void;

const acts: Record<string, Act | undefined> = {
  ping,
  disconnect,
  close: (_state, connection) => connection.end('close'),
  cut: (_state, connection) => connection.end('cut'),
  'half-open': (_state, connection) => {
    connection.state = 'half-open';
  },
};

function describe({ id, appKey, subscriptions, since, state }: StreamConnection) {
  return { id, appKey, subscriptions, since, state };
}

const EXPECTED = '{"do": "ping", "disconnect", "half-open", "close" or "cut"}; optional "id" of one connection';
