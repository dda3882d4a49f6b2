import type {HelperDeps} from '../app/audit.js';
import {prebuiltProbe} from '../io/prebuilt-probe.js';
import {digestOf, nativeSources, readProgram} from '../io/probe-payloads.js';
import {loadSchema} from '../io/schemas.js';
import {loadTemplate} from '../io/templates.js';
import {joinSources} from '../probe/probe-script.js';

/** What is sent: the operator's program, else the shipped one for the machine, else the sources. */
export function probePayloads(program: string | undefined): HelperDeps {
  const own = program === undefined ? undefined : readProgram(program);
  return {
    factsScript: loadTemplate('probe-facts.sh'),
    probeTemplate: loadTemplate('probe.sh'),
    schema: loadSchema('probe/probe'),
    programFor: (facts) => {
      if (own !== undefined) return {kind: 'program', ...own};
      if (facts.system !== 'FreeBSD') return undefined;
      const shipped = prebuiltProbe(facts.machine);
      return shipped.ok
        ? {kind: 'program', bytes: shipped.value.bytes, sha256: shipped.value.sha256}
        : undefined;
    },
    sources: () => {
      const bytes = Buffer.from(joinSources(nativeSources()));
      return {kind: 'sources', bytes, sha256: digestOf(bytes)};
    },
  };
}
