/** Bounds of asking several members for what they see of a page. */
import { SECOND_MS } from '../../../base/limits.ts'
import { DELAY_DEFAULT_MS } from '../politeness/pace.ts'

/** From one request to the site to the next one of another member: as a crawl asks a host. */
export const WITNESS_DELAY_MS = DELAY_DEFAULT_MS
/** Others are asked in the place of those that cannot tell, until then from the beginning. */
export const WITNESS_BEGIN_MS = 60 * SECOND_MS
/** Who has not told by then from the beginning is left out. */
export const WITNESS_PATIENCE_MS = 90 * SECOND_MS
