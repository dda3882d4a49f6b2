import type {ShownReading} from '../../model/finding.js';
import type {ObjectMode} from '../../model/mode.js';
import type {Service} from '../../model/service.js';
import {perScene} from './per-scene.js';

import {serviceOfProcess} from './capture-services.js';
import {indexOf} from './evidence-index.js';
import {anyPreload, preloadedBy, variablesOfService} from './linking.js';
import {modeOfPath} from './mode-object.js';

/** A service into which rc preloads an object of ours. */
export interface GivenPreload {
  readonly service: Service;
  readonly mode: ObjectMode;
  /** Its processes that hold a descriptor. */
  readonly pids: readonly number[];
  readonly because: readonly ShownReading[];
}

/** Every service whose rc variable preloads an object by a path of ours. */
export const givenPreloads = perScene((scene): readonly GivenPreload[] => {
  const {evidence, services} = scene;
  if (!anyPreload(evidence)) return [];
  return services.flatMap((service): readonly GivenPreload[] => {
    const variables = variablesOfService(evidence, service);
    const mode = preloadedBy(variables).flatMap((path) => modeOfPath(path) ?? [])[0];
    if (mode === undefined) return [];
    const {holders, process} = indexOf(evidence);
    const pids = [...holders.keys()].filter((pid) => {
      const command = process.get(pid)?.command;
      return command !== undefined && serviceOfProcess(scene, pid, command)?.id === service.id;
    });
    return [{service, mode, pids, because: variables.because}];
  });
});
