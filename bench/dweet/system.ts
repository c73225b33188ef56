/** A microblog as the load sees it. Each promise resolves once the system has acknowledged. */
export interface Microblog {
  register(nick: string): Promise<void>
  follow(nick: string, followee: string): Promise<void>
  post(nick: string, text: string): Promise<void>
  /** @returns rows of the page */
  timeline(nick: string, limit: number): Promise<number>
  close(): void
}

/** What is measured, with the processes that serve it. */
export interface RunningMicroblog {
  readonly name: string
  readonly blog: Microblog
  pids(): Promise<readonly number[]>
  stop(): Promise<void>
}
