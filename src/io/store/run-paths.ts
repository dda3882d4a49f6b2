import {join} from 'node:path';

/** Where things stand below a state directory. */
export class RunPaths {
  readonly runs: string;
  /** The newest run of the chain, and one that is being added. */
  readonly chainHead: string;
  readonly lock: string;
  /** One pruning at a time; runs are stored meanwhile. */
  readonly pruneLock: string;

  /** @param runs where the runs stand, when not below a state directory */
  constructor(stateDir: string, runs = join(stateDir, 'runs')) {
    this.runs = runs;
    this.chainHead = join(this.runs, 'chain-head.json');
    this.lock = join(this.runs, 'lock');
    this.pruneLock = join(this.runs, 'prune-lock');
  }

  run = (id: string): string => join(this.runs, id);
  evidence = (id: string): string => join(this.runs, id, 'evidence');
  document = (id: string): string => join(this.runs, id, 'run.json');
  summary = (id: string): string => join(this.runs, id, 'summary.json');
  /** There while the run is not finished; names the process that writes it. */
  unfinished = (id: string): string => join(this.runs, id, 'unfinished.json');
  /** Written last: a run with it is finished. */
  chain = (id: string): string => join(this.runs, id, 'chain.json');
}
