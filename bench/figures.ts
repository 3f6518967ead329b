import type { Row } from './row.ts';

const PLACE = /<!-- figures -->\n[\s\S]*?<!-- \/figures -->/;

/** The README with the table of figures that these rows make. */
export function withFigures(readme: string, rows: readonly Row[]): string {
  return readme.replace(PLACE, `<!-- figures -->\n${figuresTable(rows)}\n<!-- /figures -->`);
}

export function figuresTable(rows: readonly Row[]): string {
  const head = ['', 'N', 'median', 'p90', 'beside it', 'ratio'];
  const lines = rows.map(({ name, unit, N, median, p90, floor, peer, ratio }) => [
    name,
    String(N),
    `${median} ${unit}`,
    N > 1 ? `${p90} ${unit}` : '',
    peer ? `${peer.median} ${unit} ${peer.name}` : floor === undefined ? '' : `${floor} ${unit} bare`,
    ratio === undefined ? '' : `${ratio} ×`,
  ]);
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
