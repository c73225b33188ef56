/** What an address bears behind its path. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** `?a=1&b=two`; what is `undefined` is left out, and of nothing nothing is left. */
export function queryOf(query: Query): string {
  const named = Object.entries(query).filter(([, value]) => value !== undefined)
  const text = new URLSearchParams(named.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}

/** Of a list that goes on by its cursor. */
export interface PageAsk extends Query {
  readonly cursor?: string
  readonly limit?: number
}
