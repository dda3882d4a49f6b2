import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

import {readData} from './data-files.js';
import {packageRoot} from './package-root.js';
import {loadSchema} from './schemas.js';

/**
 * What the pure renderers of a report need from the package: templates, and the mapping of rules to
 * controls.
 */
export interface ReportAssets {
  readonly html: {
    readonly templates: Readonly<Record<string, string>>;
    readonly style: string;
    readonly script: string;
  };
  readonly controls: {readonly text: string; readonly file: string; readonly schema: object};
}

/**
 * Reads templates/report and the controls beside this program's code; works from src/ and from
 * dist/.
 */
export function loadReportAssets(): ReportAssets {
  const folder = join(packageRoot(), 'templates', 'report');
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const names = readdirSync(folder).filter((name) => name.endsWith('.eta'));
  return {
    html: {
      templates: Object.fromEntries(
        names.sort().map((name) => [name.slice(0, -'.eta'.length), text(name)]),
      ),
      style: text('style.css'),
      script: text('script.js'),
    },
    controls: loadControls(),
  };
}

/** The mapping of rules to controls, with its schema: two files, where all assets are many. */
export function loadControls(): ReportAssets['controls'] {
  return {
    text: readData('report/controls.yaml'),
    file: 'controls.yaml',
    schema: loadSchema('report/controls'),
  };
}
