import {Eta} from 'eta/core';

import type {Report} from '../../model/report.js';
import {BOUNDS} from './html-bounds.js';
import {Slots} from './html-slots.js';
import {htmlView} from './html-view.js';
import {sha256} from '../sha256.js';

/** The texts of templates/report, as io read them. */
export interface HtmlAssets {
  /** By name without suffix: `page` and what it includes. */
  readonly templates: Readonly<Record<string, string>>;
  readonly style: string;
  readonly script: string;
}

/**
 * One self-contained page. Its policy allows nothing but the style and the script it brings (by
 * their hashes), so that a text that slipped through both the sanitizer and the template's escaping
 * still could not run or fetch anything.
 *
 * @param bounds hosts it lists; of more, those that need attention
 */
export function* htmlParts(report: Report, assets: HtmlAssets, bounds = BOUNDS): Iterable<string> {
  const eta = new Eta({autoEscape: true, autoTrim: false, varName: 'it'});
  for (const [name, text] of Object.entries(assets.templates)) eta.loadTemplate(`@${name}`, text);
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${sha256(assets.style, 'base64')}'`,
    `script-src 'sha256-${sha256(assets.script, 'base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const slots = new Slots();
  const page = eta.render('@page', {
    ...htmlView(report, slots, bounds),
    policy,
    style: assets.style,
    script: assets.script,
  });
  yield* slots.fill(page, (template, item) => eta.render(`@${template}`, item));
}

export const renderHtml = (...args: Parameters<typeof htmlParts>): string =>
  [...htmlParts(...args)].join('');
