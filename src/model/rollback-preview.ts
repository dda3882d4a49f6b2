import type {Step} from './step.js';
import type {ApplyRunId, SomeText} from './values.js';

/** What a rollback would do on one host. */
export interface HostToUndo {
  readonly host: SomeText;
  /** False: nobody knows how far the run came there; the host undoes what it began. */
  readonly isKnown: boolean;
  /**
   * In the order the host takes them.
   * @maxItems 100
   */
  readonly steps: readonly Step[];
  /** Critical and high findings that stand again afterwards. */
  readonly bringsBack: readonly SomeText[];
}

/** What `zbufctl rollback --preview --json` prints: from what is stored, no host was asked. */
export interface RollbackPreview {
  readonly schema: 'zbufctl.rollback-preview/1';
  /** The run that would be undone; absent: no stored apply changed any of the hosts. */
  readonly undoes?: ApplyRunId;
  readonly hosts: readonly HostToUndo[];
}
