/** Where a request came from, for guesses and the audit log. */
export interface Origin {
  /** IP address; `undefined` on loopback, which is counted by nick alone. */
  readonly address: string | undefined
  /** What the client calls itself. */
  readonly client: string
}
