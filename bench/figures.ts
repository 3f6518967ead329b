import type { Row } from './row.ts';

const PLACE = /<!-- figures -->\n[\s\S]*?<!-- \/figures -->/;

/** The rows that say most; results.json has them all. */
const SHOWN = [
  /^receive-callback: (load over bare|bundle)$/,
  /^(send-message|deliver-message|share-file): load over bare$/,
  /^deliver-message: bundle$/,
  /^callback: (process start|the same|.*slowest)/,
  /^callbacks( a second|: p99|: errors)/,
  /^deliveries of a source accepted( a second|: p99)/,
  /^token: (calls .*(100|killed)|of)/,
  /^limits: /,
  /^(message|task|file of 20 kB).*(DingTalk calls|a million)$/,
  /^message from POST to DingTalk/,
  /^task for three: DynamoDB writes$/,
  /: all$/,
  /^(DynamoDB units|processor) .* 10000 stored$/,
  /^file of 1000 MB: /,
  /^state of the \w+ after the message's state, the longest$/,
];

/** The document with the table of figures that these rows make. */
export function withFigures(text: string, rows: readonly Row[]): string {
  return text.replace(PLACE, () => `<!-- figures -->\n${figuresTable(rows)}\n<!-- /figures -->`);
}

function figuresTable(rows: readonly Row[]): string {
  const head = ['', 'N', 'median', 'p90', 'beside it', 'ratio'];
  const shown = rows.filter(({ name }) => SHOWN.some((pattern) => pattern.test(name)));
  const lines = shown.map(({ name, unit, N, median, p90, floor, peer, ratio }) => [
    name,
    String(N),
    `${median} ${unit}`,
    N > 1 ? `${p90} ${unit}` : '',
    peer ? `${peer.median} ${unit} ${peer.name}` : floorOf(floor, unit),
    ratio === undefined ? '' : `${ratio} ×`,
  ]);
  const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${table}\n\n${machinesOf(shown)}`;
}

function floorOf(floor: number | undefined, unit: string): string {
  return floor === undefined ? '' : `${floor} ${unit} floor`;
}

/** The machines, and how busy they were with other things. */
function machinesOf(rows: readonly Row[]): string {
  const loads = new Map<string, number[]>();
  for (const { machine } of rows) {
    const [, name = machine, load = '0'] = /^(.*), load ([\d.]+)$/.exec(machine) ?? [];
    loads.set(name, [...(loads.get(name) ?? []), Number(load)]);
  }
  const lines = [...loads].map(([name, all]) => `${name}, load average ${Math.min(...all)} to ${Math.max(...all)}`);
  return `Measured on: ${lines.join('; ')}.`;
}
