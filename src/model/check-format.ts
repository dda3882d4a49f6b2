/** What a check on the host itself answers to; each has its part in templates/check. */
export const CHECK_FORMATS = ['nagios', 'prometheus', 'zabbix', 'periodic', 'syslog'] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];
