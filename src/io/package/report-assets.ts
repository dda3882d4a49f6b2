import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

import {packageRoot} from './package-root.js';

/** What the pure renderers of a report need from the package: templates, and the mapping of rules to controls. */
export interface ReportAssets {
  readonly html: {
    readonly templates: Readonly<Record<string, string>>;
    readonly style: string;
    readonly script: string;
  };
  readonly controls: {readonly text: string; readonly file: string; readonly schema: object};
}

/** Reads templates/report and the controls beside this program's code; works from src/ and from dist/. */
export function loadReportAssets(): ReportAssets {
  const folder = join(packageRoot(), 'templates', 'report');
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const names = readdirSync(folder).filter((name) => name.endsWith('.eta'));
  const file = join(import.meta.dirname, '..', '..', 'report', 'controls.yaml');
  const schema = join(import.meta.dirname, '..', '..', 'report', 'controls.schema.json');
  return {
    html: {
      templates: Object.fromEntries(names.sort().map((name) => [name.slice(0, -'.eta'.length), text(name)])),
      style: text('style.css'),
      script: text('script.js'),
    },
    controls: {
      text: readFileSync(file, 'utf8'),
      file: 'controls.yaml',
      schema: JSON.parse(readFileSync(schema, 'utf8')) as object,
    },
  };
}
