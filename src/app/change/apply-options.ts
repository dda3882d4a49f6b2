import type {HostResult} from '../../model/apply-run.js';
import type {Evidence} from '../../model/evidence.js';
import type {Host} from '../../model/host.js';
import type {RecordedStep} from '../../model/host-record.js';
import type {Objection} from '../../model/objection.js';
import type {Judgement, PlannedHost} from '../../model/plan.js';
import type {Service} from '../../model/service.js';
import type {Step} from '../../model/step.js';
import type {Session, Transport} from '../../model/transport.js';

/** What happens while hosts are changed; for the live board and logs. */
export type ApplyEvent =
  | {readonly kind: 'started'; readonly host: string; readonly stage: ApplyStage}
  /** What the host is at now, by the steps it said it ended. */
  | {
      readonly kind: 'doing';
      readonly host: string;
      readonly of: number;
      readonly index: number;
      readonly step: Step;
    }
  /**
   * A step has ended, as the host says while it works; what is believed is the record at the end.
   */
  | {readonly kind: 'step'; readonly host: string; readonly of: number; readonly step: RecordedStep}
  | {
      readonly kind: 'finished';
      readonly host: string;
      readonly result: HostResult;
      readonly reason?: string;
    };

export type ApplyStage =
  | 'connecting'
  | 'checking'
  | 'changing'
  | 'verifying'
  | 'confirming'
  | 'undoing'
  | 'waiting for the host';

export interface HostOptions {
  readonly run: string;
  readonly plan: string;
  /** user@controller, as the host's lock and journal name it. */
  readonly owner: string;
  /** The run this one goes on with. */
  readonly continues?: string;
  /** Also where after a reboot nobody would undo what is not confirmed. */
  readonly acceptNoBootGuard?: boolean;
  /** Seconds the host waits for the confirmation before it undoes the change by itself. */
  readonly confirmSeconds: number;
  /** Milliseconds a connection, a login or a collection may take. */
  readonly timeoutMs: number;
  readonly acceptNew: boolean;
  /** Everything but the change itself. */
  readonly dryRun: boolean;
}

/** What changing a host needs from the world. */
export interface HostDeps {
  readonly transport: Transport;
  /** collect.sh with its arguments in front. */
  readonly collector: string;
  /** templates/change/*.sh, joined. */
  readonly changeTemplate: string;
  /** The package's object of a buffer mode with a SHA-256; undefined: it has none. */
  readonly objectOf?: (sha256: string) => Uint8Array | undefined;
  /** The same evidence with the package's own objects told from others. Pure. */
  withOurs?(evidence: Evidence): Evidence;
  /**
   * The evidence with what the kernel says of every descriptor, over the same connection; absent:
   * the operator did not ask for the helper.
   */
  askKernel?(session: Session, evidence: Evidence): Promise<Evidence>;
  /** templates/test-packet.sh. */
  readonly packetTemplate: string;
  servicesFor(host: Host): readonly Service[];
  /** Why the plan may not be carried out on what the host is now; empty: it may. Pure. */
  objections(host: Host, planned: PlannedHost, evidence: Evidence): readonly Objection[];
  /** How the host differs from what the plan was made for; undefined: in nothing. Pure. */
  apart(host: Host, planned: PlannedHost, evidence: Evidence): string | undefined;
  /** Posture, standing findings and what is left by hand, from fresh evidence. Pure. */
  judge(host: Host, evidence: Evidence): Judgement;
  /** Whether a run is in this controller's own store. */
  isOurs(run: string): boolean;
  /** Called with evidence collected after a change. */
  keep(evidence: Evidence): Promise<void>;
  /** Must be on disk before it returns: the host is about to be changed. */
  beforeChange(host: string): Promise<void>;
  /** ISO 8601 UTC. */
  now(): string;
  /** Milliseconds, monotonic. */
  elapsed(): number;
  pause(milliseconds: number): Promise<void>;
  onEvent(event: ApplyEvent): void;
}
