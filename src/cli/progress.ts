import type {AuditEvent} from '../app/audit.js';

import type {Terminal} from './terminal.js';

export interface Progress {
  event(event: AuditEvent): void;
  question(state: 'open' | 'closed'): void;
  end(): void;
}

/** Placeholder: the live line is not drawn yet. */
export function startProgress(_total: number, _terminal: Terminal): Progress {
  return {event: () => undefined, question: () => undefined, end: () => undefined};
}
