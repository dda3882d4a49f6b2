/** Longest value a plan sets; rc(8) variables are short. */
const LONGEST = 1000;

/**
 * What sh(1) acts on inside double quotes, what ends them, and what sysrc(8) puts through awk -v
 * (backslash).
 */
const ACTED_ON = /["'`$\\]/;

/**
 * Why sysrc(8) could not set a variable to this value and have sh(1) read the same back; undefined:
 * it can.
 */
export function rcValueProblem(value: string): string | undefined {
  if (value.length > LONGEST) return `is longer than ${LONGEST} characters`;
  const acted = ACTED_ON.exec(value);
  if (acted !== null) return `holds ${acted[0]}, which sysrc and sh act on`;
  if (/[^\P{C}]/u.test(value)) return 'holds a control character or a newline';
  return undefined;
}

/** A name sysrc(8) takes. */
export const isRcVariable = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name);

/**
 * Variables that decide which code rc(8) runs, or as whom: whoever sets one runs what he likes as
 * root at the next boot (rc.conf(5), rc.subr(8)). /etc/rc.conf is a shell script, so capitals
 * (PATH, IFS) and what the rc scripts themselves keep in variables (start_cmd, command, rcvar)
 * count, too.
 */
const RUNS_CODE = [
  /[A-Z]/,
  /^_/,
  /^(local_startup|early_late_divider|script_name_sep|kld_list|name|command|command_args|procname|pidfile|rcvar)$/,
  /^(rc|rcorder|rcshutdown|required|extra|sysrc|jail|devfs|root|dumpdev|savecore)_/,
  /_(pre|post)?cmd$/,
  /_(program|command|interpreter|script|shell|chroot|env|env_file|prepend|setup|user|group|groups|module|modules)$/,
];

/** Why no plan sets this variable; undefined: one may. */
export function rcVariableProblem(name: string): string | undefined {
  if (!isRcVariable(name)) return 'is not the name of a variable';
  return RUNS_CODE.some((pattern) => pattern.test(name))
    ? 'decides which programs rc runs, or as whom; no plan sets that'
    : undefined;
}

/** What checkyesno of rc.subr(8) takes for "off". */
export const isOff = (value: string): boolean => /^(no|false|off|0)$/i.test(value);
