import type {DescriptorStats, Evidence} from '../../src/model/evidence.js';
import {read} from '../../src/model/reading.js';

/** The evidence as of a host whose kernel was asked (net.bpf.stats, audit --with-helper). */
export function toldByKernel(
  evidence: Evidence,
  modeOf: (command: string) => DescriptorStats['mode'],
): Evidence {
  const {descriptors} = evidence.samples[1];
  if (descriptors.state !== 'read') return {...evidence, descriptorStats: descriptors};
  const stats = descriptors.value.map(
    ({pid, command, interfaceName, received, dropped, matched, storeLength, holdLength}) => ({
      pid,
      interfaceName,
      mode: modeOf(command),
      received,
      dropped,
      matched,
      storeLength,
      holdLength,
      bufferSize: 524_256,
      zeroCopies: 0,
    }),
  );
  return {...evidence, descriptorStats: read(stats)};
}
