/** One crawl, from its start to its end. */
export interface Crawled {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly mib: number
  /** It did not end as it should have. */
  readonly problem?: string
}
