/** A process that writes batch after batch, tells each when it is written, and never ends. */
import { utf8 } from '../../src/base/bytes.ts'
import { platformDatabases } from '../../src/platform/databases.ts'

/** Every so many batches one checkpoint, so that kills fall into these, too. */
const CHECKPOINT_BATCHES = 7
const ROWS = 50

const [root = '', first = '0'] = process.argv.slice(2)
const database = await platformDatabases(root).open('d')
for (let number = Number(first); ; number++) {
  const value = utf8(String(number))
  const rows = Array.from({ length: ROWS }, (_, at) => utf8(`row ${at}`))
  await database.write(rows.map((key) => ({ kind: 'put', key, value }) as const))
  if (number % CHECKPOINT_BATCHES === 0) await database.checkpoint()
  process.send?.(number)
}
