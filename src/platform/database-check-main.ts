/** The thread that looks through a whole database once (database-check.ts). */
import { constants, setPriority } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

import { present } from '../base/assert.ts'
import { readCheckData } from './database-talk.ts'

/** What SQLite says of a database without a fault. */
const SOUND = 'ok'

function problemOf(file: string): string | undefined {
  try {
    const database = new DatabaseSync(file, { readOnly: true })
    const [row] = database.prepare('PRAGMA integrity_check(1)').all()
    database.close()
    const told = String(row?.['integrity_check'])
    return told === SOUND ? undefined : told
  } catch (error) {
    return String(error)
  }
}

const { file, isWaitedFor } = readCheckData(workerData)
// Linux has priorities of threads (setpriority(2)); elsewhere it would be that of the process.
if (!isWaitedFor && process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)
present(parentPort, 'the port to the thread that started this one').postMessage(problemOf(file))
