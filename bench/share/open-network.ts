/** Nodes of one kind that are a network of their own, all in one process. */
export interface OpenNetwork {
  readonly name: string
  /** Each name by another node, so many under way at once. */
  does(work: Work): Promise<Done>
  /** By when they joined, from 0: without a word, as nodes die. */
  kill(places: readonly number[]): Promise<void>
  stop(): Promise<void>
}

export interface Work {
  readonly do: 'set' | 'get'
  /** What each name begins with; its number follows. */
  readonly under: string
  readonly count: number
  readonly atOnce: number
  /** What is not done by then is given up. */
  readonly withinMs: number
}

export interface Done {
  readonly tookMs: number
  /** Of one; `undefined` where some were given up. */
  readonly slowestMs: number | undefined
  /** Sets that another node took; gets that brought what was set. */
  readonly right: number
}

export const valueOf = (name: string): string => `http://127.0.0.1:9400/share/n/${name}`

/** The node that begins: the reader of a name is not who set it. */
export function placeOf({ do: what }: Pick<Work, 'do'>, at: number, nodes: number): number {
  return (what === 'set' ? at : at * 3 + 1) % nodes
}
