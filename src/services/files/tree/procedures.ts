/** All procedures of the tree: what a member must know to hold its tables. */
import { addActs } from '../acts/procedures.ts'
import { REPEAT_PROCEDURES } from '../repeats/procedures.ts'
import { sweepDue } from './due-procedures.ts'
import { FILE_PROCEDURES } from './file-procedures.ts'
import { FOLDER_PROCEDURES } from './folder-procedures.ts'
import { FOLLOW_PROCEDURES } from './follow-procedures.ts'
import { MOVE_PROCEDURES } from './move-procedures.ts'
import { SHARE_PROCEDURES } from './share-procedures.ts'
import { USAGE_PROCEDURES } from './usage-procedures.ts'

export const TREE_PROCEDURES = [
  ...FILE_PROCEDURES,
  ...FOLDER_PROCEDURES,
  ...FOLLOW_PROCEDURES,
  ...MOVE_PROCEDURES,
  ...REPEAT_PROCEDURES,
  ...SHARE_PROCEDURES,
  ...USAGE_PROCEDURES,
  addActs,
  sweepDue,
]
