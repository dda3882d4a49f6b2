import type {HelperDeps} from '../../app/helper.js';
import type {NoPracticeProgram} from '../../app/probe.js';
import {nativeProduct} from '../../io/native/native-build.js';
import {prebuiltProbe} from '../../io/native/prebuilt-probe.js';
import {digestOf, nativeSources, readProgram} from '../../io/native/probe-payloads.js';
import {loadSchema} from '../../io/package/schemas.js';
import {loadTemplate} from '../../io/package/templates.js';
import type {Result} from '../../model/failure.js';
import {ok} from '../../model/failure.js';
import type {Payload} from '../../probe/probe-script.js';
import {joinSources} from '../../probe/probe-script.js';

import type {Terminal} from '../terminal/terminal.js';

const HOW_TO_BUILD =
  'so the C sources are sent, to be compiled by the hosts that have cc. To send a program instead: sh native/build-freebsd.sh (with clang and lld), or --program FILE.';

/**
 * What is sent: the operator's program, else to a practice host the model, else the shipped program
 * for the machine, else the sources, which is said on stderr first.
 */
export function probePayloads(
  program: string | undefined,
  terminal: Pick<Terminal, 'note'>,
): HelperDeps {
  const own = program === undefined ? undefined : readProgram(program);
  const said = new Set<string>();
  let model: ReturnType<typeof modelProgram> | undefined;
  return {
    factsScript: loadTemplate('probe-facts.sh'),
    probeTemplate: loadTemplate('probe.sh'),
    schema: loadSchema('probe/probe'),
    programFor: (facts) => {
      if (own !== undefined) return {kind: 'program', ...own};
      if (facts.system !== 'FreeBSD' || facts.practice) return undefined;
      const shipped = prebuiltProbe(facts.machine);
      return shipped.ok
        ? {kind: 'program', bytes: shipped.value.bytes, sha256: shipped.value.sha256}
        : undefined;
    },
    sources: ({machine}) => {
      const shipped = prebuiltProbe(machine);
      const why = shipped.ok ? undefined : shipped.error.message;
      // Once a reason, before the first host gets them: the others would say the same.
      if (why !== undefined && !said.has(why)) terminal.note(`${why}, ${HOW_TO_BUILD}`);
      if (why !== undefined) said.add(why);
      const bytes = Buffer.from(joinSources(nativeSources()));
      return {kind: 'sources', bytes, sha256: digestOf(bytes)};
    },
    // Once for all hosts: two builds at a time would write one file.
    practiceProgram: () => (model ??= modelProgram()),
  };
}

async function modelProgram(): Promise<Result<Payload, NoPracticeProgram>> {
  const built = await nativeProduct('zbufprobe-model');
  return built.ok ? ok({kind: 'program', ...readProgram(built.value)}) : built;
}
