import {performance} from 'node:perf_hooks';

import type {AuditDeps, AuditEvent, HelperDeps} from '../../app/audit.js';
import {assembleRun, audit, judgeHost} from '../../app/audit.js';
import type {Asked, AuditRun} from '../../model/audit-run.js';
import type {Evidence} from '../../model/evidence.js';
import type {Severity} from '../../model/finding.js';
import type {Host} from '../../model/host.js';
import type {Transport} from '../../model/transport.js';
import {RunStore} from '../../io/store/run-store.js';
import {readVersion} from '../../io/package/version.js';
import {waiveRun} from '../../rules/waive-run.js';
import {utcDay} from '../../text/iso-date.js';
import {newRunId} from '../../text/run-id.js';

import {collectorScript} from '../evidence/collector-script.js';
import {openStore} from '../open-store.js';
import type {ExitCode} from '../exit-codes.js';
import {noteExitCode} from '../terminal/exit-note.js';
import {exitCodeOfAudit} from '../exit-codes.js';
import type {Interruption} from '../terminal/interruption.js';
import {openLookups} from '../evidence/lookups.js';
import type {Output} from '../terminal/output.js';
import {writeResults} from './write-results.js';
import type {Progress} from '../terminal/progress.js';
import {SAMPLE_GAP} from '../evidence/sample-gap.js';
import {readPolicyWaivers} from '../hosts/policy-waivers.js';
import type {Terminal} from '../terminal/terminal.js';

export {SAMPLE_GAP};

export interface AuditCommand {
  readonly hosts: readonly Host[];
  readonly transport: Transport;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly acceptNew: boolean;
  readonly asked: Asked;
  readonly stateDirectory: string;
  /** What messages name files relative to. */
  readonly folder: string;
  readonly outputs: readonly Output[];
  readonly failOn: Severity;
  readonly terminal: Terminal;
  readonly progress: Progress;
  readonly interruption: Interruption;
  /** --with-helper. */
  readonly helper?: HelperDeps;
}

/** `zbufctl audit`: collects, judges, stores, prints. Returns the exit code. */
export async function runAudit(command: AuditCommand): Promise<ExitCode> {
  const {hosts, terminal, progress} = command;
  const store = openStore(command.stateDirectory, terminal);
  const lookups = await openLookups(hosts, store, command.folder);
  const run = newRunId('audit', new Date(), Math.random);
  const writer = await store.begin(run);
  const deps: AuditDeps = {
    transport: command.transport,
    collector: collectorScript(hosts, lookups.servicesFor, command.timeoutMs),
    ...lookups,
    keep: (evidence) => writer.keepEvidence(evidence),
    now: () => new Date().toISOString(),
    elapsed: () => performance.now(),
    onEvent: (event: AuditEvent) => {
      progress.event(event);
    },
    signal: command.interruption.signal,
    ...(command.helper === undefined ? {} : {helper: command.helper}),
  };
  try {
    const result = await audit(
      hosts,
      {
        run,
        version: readVersion(),
        concurrency: command.concurrency,
        timeoutMs: command.timeoutMs,
        acceptNew: command.acceptNew,
        asked: command.asked,
      },
      deps,
    );
    progress.end();
    const waived = waive(result, hosts, command.folder);
    await writer.finish(waived);
    await writeResults(waived, command.outputs, terminal, command);
    return codeOf(waived, command);
  } finally {
    progress.end();
    command.transport.close();
    command.interruption.end();
  }
}

/** `zbufctl audit --from`: judges evidence that was collected before. Not stored again: nothing new was seen. */
export async function runAuditOf(
  evidence: readonly Evidence[],
  hostOf: (evidence: Evidence) => Host,
  command: Pick<AuditCommand, 'outputs' | 'failOn' | 'terminal' | 'stateDirectory' | 'folder'>,
): Promise<ExitCode> {
  const hosts = evidence.map(hostOf);
  const store = new RunStore(command.stateDirectory, {onNotice: () => undefined});
  const lookups = await openLookups(hosts, store, command.folder);
  const begun = new Date().toISOString();
  const judged = evidence.map((one, index) => {
    const host = hosts[index];
    if (host === undefined) throw new Error('a host for each evidence');
    return {...judgeHost(host, one, {...lookups, now: () => begun}), durationMs: 0};
  });
  const result: AuditRun = assembleRun(judged, {
    run: newRunId('audit', new Date(), Math.random),
    version: readVersion(),
    startedAt: begun,
    finishedAt: new Date().toISOString(),
    interrupted: false,
    asked: 'named',
  });
  const waived = waive(result, hosts, command.folder);
  await writeResults(waived, command.outputs, command.terminal, {...command, hosts});
  return codeOf(waived, command);
}

function codeOf(run: AuditRun, {failOn, terminal}: Pick<AuditCommand, 'failOn' | 'terminal'>): ExitCode {
  const code = exitCodeOfAudit(run, failOn);
  const open = run.hosts.filter(({posture}) => posture === 'unknown' || posture === 'unreachable');
  const fails = run.hosts.some(({findings}) =>
    findings.some(({verdict, waived}) => verdict === 'fail' && waived === undefined),
  );
  noteExitCode(
    code,
    open.map(({host}) => host),
    fails,
    terminal,
  );
  return code;
}

/** Marks the failures that waivers of the hosts' policies cover. */
const waive = (run: AuditRun, hosts: readonly Host[], folder: string): AuditRun =>
  waiveRun(
    run,
    readPolicyWaivers(hosts, folder),
    utcDay(run.finishedAt),
    hosts.map(({name, groups}) => ({host: name, groups})),
  ).run;
