import type {Step} from '../model/step.js';
import {unreachable} from '../model/unreachable.js';

import {sanitize} from './sanitize.js';

/** What a host is at while a step is carried out, e.g. "restarting pflog, up to 20 s". */
export function describeDoing(step: Step): string {
  switch (step.kind) {
    case 'set-running':
      return `setting the value to ${step.to}`;
    case 'write-boot':
      return `writing ${step.file}`;
    case 'set-rc':
      return sanitize(`setting ${step.variable} in ${step.file}`);
    case 'install-mode':
      return `installing the mode ${step.mode}`;
    case 'map-mode':
      return 'giving programs their modes';
    case 'restart-service':
      return sanitize(`restarting ${step.service}, up to ${step.timeLimit} s`);
    case 'stop-service':
      return sanitize(`stopping ${step.service}, up to ${step.timeLimit} s`);
    case 'start-service':
      return sanitize(`starting ${step.service}`);
    case 'verify':
      return 'verifying';
    default:
      return unreachable(step);
  }
}
