import type {AuditedCapture, CaptureList} from '../../model/captured.js';
import type {Descriptor} from '../../model/evidence.js';
import type {ObjectMode} from '../../model/mode.js';
import type {RuleInput} from '../rule.js';

import type {Mode} from './buffer-mode.js';
import {bufferMode} from './buffer-mode.js';
import {captures} from './capture.js';
import {serviceOfProcess} from './capture-services.js';
import {modeOfProcess} from './given-modes.js';
import {libpcapInUse} from './libpcap-in-use.js';

/** Every descriptor that is open, with the mode it is in. */
export function auditedCaptures(scene: RuleInput): CaptureList {
  const {evidence} = scene;
  const all = captures(evidence);
  if (all.state !== 'read') return all.state === 'absent' ? null : 'unreadable';
  const later = evidence.samples[1].descriptors;
  const open = new Set(later.state === 'read' ? later.value : []);
  // One that was opened between the samples was not compared: only its libpcap tells of it.
  const passing = all.value.passing.filter((descriptor) => open.has(descriptor));
  return [
    ...all.value.captures.map((capture) =>
      audited(scene, capture.after, bufferMode(evidence, capture)),
    ),
    ...passing.map((descriptor) => {
      const {can} = libpcapInUse(evidence, descriptor.pid);
      return audited(scene, descriptor, can === 'no' ? 'cannot' : 'open');
    }),
  ];
}

function audited(scene: RuleInput, descriptor: Descriptor, mode: Mode): AuditedCapture {
  const {pid, command, interfaceName} = descriptor;
  const service = serviceOfProcess(scene, pid, command);
  const given = modeOfProcess(scene.evidence, pid);
  const {mode: word, by} = inForce(mode, given);
  // In the order they are written.
  return {
    by,
    ...(given === undefined ? {} : {given}),
    interface: interfaceName,
    mode: word,
    pid,
    program: command,
    ...(service === undefined ? {} : {service: service.id}),
  };
}

function inForce(mode: Mode, given: ObjectMode | undefined): Pick<AuditedCapture, 'mode' | 'by'> {
  switch (mode) {
    case 'buffer':
      return {mode: 'buffered', by: 'kernel'};
    case 'zbuf':
      // Under `buffered` the kernel was never asked for it: then the object is not in force.
      return {mode: given === undefined || given === 'buffered' ? 'zbuf' : given, by: 'kernel'};
    case 'read':
    case 'cannot':
      return {mode: 'buffered', by: 'observed'};
    case 'open':
      return {mode: 'unknown', by: 'nobody'};
  }
}
