/** All procedures of shares: what a member must know to hold their tables. */
import { DOWNLOAD_PROCEDURES } from './downloads/download-procedures.ts'
import { MAINLINE_PROCEDURES } from './mainline/mainline-procedures.ts'
import { OUTSIDE_SHARE_PROCEDURES } from './shares/share-procedures.ts'

export const OUTSIDE_PROCEDURES = [
  ...OUTSIDE_SHARE_PROCEDURES,
  ...MAINLINE_PROCEDURES,
  ...DOWNLOAD_PROCEDURES,
]
