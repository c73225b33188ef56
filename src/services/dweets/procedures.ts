/** All procedures of dweets: what a member must know to hold their tables. */
import { ATTACH_PROCEDURES } from './attachments/attach-procedures.ts'
import { FOLLOW_PROCEDURES } from './follow-procedures.ts'
import { listTagged } from './index-procedures.ts'
import { LIST_PROCEDURES } from './lists/list-procedures.ts'
import { NOTICE_PROCEDURES } from './notice-procedures.ts'
import { OWN_DATA_PROCEDURES } from './own-data/procedures.ts'
import { PERSON_PROCEDURES } from './person-procedures.ts'
import { PREVIEW_PROCEDURES } from './previews/preview-procedures.ts'
import { PUBLISH_PROCEDURES } from './publish-procedures.ts'
import { REACTION_PROCEDURES } from './reaction-procedures.ts'
import { REPORT_PROCEDURES } from './reports/report-procedures.ts'
import { TIMELINE_PROCEDURES } from './timelines/procedures.ts'

export const DWEET_PROCEDURES = [
  ...PUBLISH_PROCEDURES,
  ...ATTACH_PROCEDURES,
  ...PREVIEW_PROCEDURES,
  ...REACTION_PROCEDURES,
  ...FOLLOW_PROCEDURES,
  ...PERSON_PROCEDURES,
  ...LIST_PROCEDURES,
  ...NOTICE_PROCEDURES,
  ...REPORT_PROCEDURES,
  ...TIMELINE_PROCEDURES,
  ...OWN_DATA_PROCEDURES,
  listTagged,
]
