import type {PseudoTtyOptions} from 'ssh2';

/** Modes that would change, echo or interpret a byte (RFC 4254, section 8). */
const OFF = [
  ...['INLCR', 'IGNCR', 'ICRNL', 'ISTRIP', 'IXON', 'IXANY', 'IXOFF', 'IMAXBEL', 'PARMRK', 'INPCK'],
  ...['ISIG', 'ICANON', 'ECHO', 'ECHOE', 'ECHOK', 'ECHONL', 'ECHOCTL', 'ECHOKE', 'IEXTEN'],
  ...['OPOST', 'ONLCR', 'OCRNL', 'ONOCR', 'ONLRET', 'PARENB'],
];

/** A terminal for programs that insist on one, and that harms no byte on its way through. */
export const RAW_TERMINAL: PseudoTtyOptions = {
  modes: {...Object.fromEntries(OFF.map((mode) => [mode, 0])), CS8: 1},
};
