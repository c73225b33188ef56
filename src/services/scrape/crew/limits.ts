/** Bounds of asking other members to fetch what this one's network cannot. */
import { MINUTE_MS } from '../../../base/limits.ts'

/** Members of other hosts that try before a failure is kept. */
export const ELSEWHERE_MAX = 2
/** Members of a vantage that are asked before it is silent. */
export const VANTAGE_TRIES_MAX = 3
/** Whose network could not reach a host is passed over for so long. */
export const UNREACHED_MS = MINUTE_MS
/** Hosts of which that is known; the oldest are forgotten. */
export const UNREACHED_HOSTS_MAX = 1_000
