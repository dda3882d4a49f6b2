/** Longest value a plan sets; rc(8) variables are short. */
const LONGEST = 1000;

/** What sh(1) acts on inside double quotes, what ends them, and what sysrc(8) puts through awk -v (backslash). */
const ACTED_ON = /["'`$\\]/;

/** Why sysrc(8) could not set a variable to this value and have sh(1) read the same back; undefined: it can. */
export function rcValueProblem(value: string): string | undefined {
  if (value.length > LONGEST) return `is longer than ${LONGEST} characters`;
  const acted = ACTED_ON.exec(value);
  if (acted !== null) return `holds ${acted[0]}, which sysrc and sh act on`;
  if (/[^\P{C}]/u.test(value)) return 'holds a control character or a newline';
  return undefined;
}

/** A name sysrc(8) takes. */
export const isRcVariable = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name);

/** What checkyesno of rc.subr(8) takes for "off". */
export const isOff = (value: string): boolean => /^(no|false|off|0)$/i.test(value);
