import type {CaptureList} from '../../model/captured.js';
import {captureRows, capturesText} from '../findings/capture-text.js';
import {byUrgency} from '../findings/audit-view.js';
import type {Cell, Column} from '../terminal/grid.js';
import {COLUMNS_FROM, grid} from '../terminal/grid.js';
import type {Page} from '../terminal/page.js';
import {cleanName} from '../terminal/page.js';
import {hang} from '../terminal/wrap.js';

const HEAD: readonly Column[] = [
  {title: 'HOST', share: 0.25},
  {title: 'CAPTURE', share: 0.25},
  {title: 'ON', share: 0.12},
  {title: 'MODE', share: 0.2},
  {title: 'KNOWN FROM', share: 1},
];

/** Every open capture of every host, and the buffer mode it is in. */
export function captureLines(page: Page): readonly string[] {
  const rows = byUrgency(page.run.hosts).flatMap(({host, captures}) => rowsOf(host, captures));
  if (rows.length === 0) return [];
  if (page.width >= COLUMNS_FROM) return grid(HEAD, rows, page.width, page.paint);
  return rows.flatMap(([host, who, on, mode]) =>
    hang('  ', `${host?.text}: ${who?.text} on ${on?.text}: ${mode?.text}`, page.width),
  );
}

function rowsOf(host: string, captures: CaptureList | undefined): readonly (readonly Cell[])[] {
  const name = cleanName(host);
  if (captures === 'unreadable')
    return [
      [name, capturesText(captures), '?', '?', '?'].map((text): Cell => ({text, tone: 'doubt'})),
    ];
  return captureRows(captures).map(({who, on, mode, by}) =>
    [name, who, on, mode, by].map((text) => ({text})),
  );
}
