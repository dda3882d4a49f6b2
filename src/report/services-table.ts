import {grid} from './terminal/grid.js';
import type {Tone} from './terminal/paint.js';
import {painter} from './terminal/paint.js';
import type {RenderOptions} from './renderer.js';

/** One line of the list of known services. */
export interface ServiceRow {
  readonly id: string;
  readonly rcScript?: string;
  readonly pattern: string;
  readonly outlook: 'safe' | 'race' | 'breaks' | 'unknown';
  readonly name: string;
}

const TONE: Readonly<Record<ServiceRow['outlook'], Tone>> = {
  breaks: 'risk',
  race: 'warn',
  unknown: 'doubt',
  safe: 'good',
};

/**
 * The services as a table; the last line counts them. Their text is the knowledge base's or the
 * operator's own.
 */
export function renderServices(
  rows: readonly ServiceRow[],
  known: number,
  options: Pick<RenderOptions, 'colour' | 'width'>,
): string {
  const paint = painter(options.colour);
  const count = `${rows.length} of ${known} services. zero-copy: what it would do to the program in its default start. More: zbufctl explain ID`;
  if (rows.length === 0) return `No service matches. There are ${known}: zbufctl services\n`;
  const lines = grid(
    [
      {title: 'service', share: 0.2},
      {title: 'rc script', share: 0.15},
      {title: 'fork pattern', share: 0.28},
      {title: 'zero-copy', share: 0.13},
      {title: 'program', share: 1},
    ],
    rows.map((row) => [
      {text: row.id, tone: 'strong'},
      {text: row.rcScript ?? '-'},
      {text: row.pattern},
      {text: row.outlook, tone: TONE[row.outlook]},
      {text: row.name},
    ]),
    options.width,
    paint,
  );
  return `${lines.join('\n')}\n\n${paint('dim', count)}\n`;
}
