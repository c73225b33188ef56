/** All procedures of crawls: what a member must know to hold their tables. */
import { RUN_PROCEDURES } from '../schedules/run-over.ts'
import { SCHEDULE_PROCEDURES } from '../schedules/schedule-procedures.ts'
import { HOOK_PROCEDURES } from '../webhooks/hook-procedures.ts'
import { noteOpenHook } from '../webhooks/open-hooks.ts'
import { shareAddress } from './address-procedures.ts'
import { tellChanges } from './crawl-told.ts'
import { FRONTIER_PROCEDURES } from './frontier-procedures.ts'
import { JOB_PROCEDURES } from './job-procedures.ts'
import { noteOpenCrawl } from './open-crawls.ts'
import { REMOVAL_PROCEDURES } from './removal-procedures.ts'
import { sumUp } from './tallies.ts'

export const CRAWL_PROCEDURES = [
  ...FRONTIER_PROCEDURES,
  ...HOOK_PROCEDURES,
  ...JOB_PROCEDURES,
  ...REMOVAL_PROCEDURES,
  ...RUN_PROCEDURES,
  ...SCHEDULE_PROCEDURES,
  noteOpenCrawl,
  noteOpenHook,
  shareAddress,
  sumUp,
  tellChanges,
]
