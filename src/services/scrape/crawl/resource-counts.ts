/** How many of the URLs of a crawl are what its pages need to look right. */
import { Type } from 'typebox'

import type { ResourceCounts } from '../../../wire/api-crawls.ts'
import { Count } from '../../../wire/shapes.ts'

/** As rows and tallies have them; absent: none. */
export const RESOURCE_COUNTS = {
  resourcesQueued: Type.Optional(Count),
  resourcesDone: Type.Optional(Count),
  resourcesFailed: Type.Optional(Count),
  resourcesSkipped: Type.Optional(Count),
}

export type ResourceCountName = keyof typeof RESOURCE_COUNTS
type Counted = { readonly [name in ResourceCountName]?: number | undefined }

/** The count beside that of all URLs. */
export const RESOURCES_OF = {
  queued: 'resourcesQueued',
  done: 'resourcesDone',
  failed: 'resourcesFailed',
  skipped: 'resourcesSkipped',
} as const satisfies Readonly<Record<keyof ResourceCounts, ResourceCountName>>

/** As the API tells them, and without them what is left. */
export function withResources<T extends Counted>(
  counted: T,
): Omit<T, ResourceCountName> & { readonly resources?: ResourceCounts } {
  const {
    resourcesDone: done = 0,
    resourcesFailed: failed = 0,
    resourcesQueued: queued = 0,
    resourcesSkipped: skipped = 0,
    ...rest
  } = counted
  return queued === 0 ? rest : { ...rest, resources: { queued, done, failed, skipped } }
}
