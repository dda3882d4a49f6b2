/** Whom a notifier speaks to. */
export const NOTIFIER_KINDS = ['webhook', 'slack', 'mattermost', 'ntfy', 'mail', 'syslog'] as const;
export type NotifierKind = (typeof NOTIFIER_KINDS)[number];

/** One entry of `notify` in zbufctl.yaml. Paths are absolute. */
export interface Notifier {
  readonly name: string;
  readonly kind: NotifierKind;
  /** Holds the URL: whoever knows it may post, so it stands nowhere else. */
  readonly urlFile?: string;
  /** Holds a token that is sent as Authorization: Bearer. */
  readonly tokenFile?: string;
  readonly to: readonly string[];
  readonly from?: string;
  /** In place of sendmail(8) or logger(1). */
  readonly program?: string;
}

/** How grave what is told is. */
export const NOTICE_LEVELS = ['good', 'warning', 'bad'] as const;
export type NoticeLevel = (typeof NOTICE_LEVELS)[number];

/** What is told, for people and as a document. */
export interface Notice {
  readonly level: NoticeLevel;
  /** One line of printable text. */
  readonly subject: string;
  /** Lines, made harmless for a terminal. */
  readonly text: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/** What is sent over HTTP, but for the secrets. */
export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
