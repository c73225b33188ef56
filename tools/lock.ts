/** `bin/run tools/lock.ts`: makes package-lock.json whole, after `npm install NAME` renewed it. */
import { readFileSync, writeFileSync } from 'node:fs'

import { fromRoot } from './lib/paths.ts'
import { missingIn, wholeLock, type LockFile } from './lib/whole-lock.ts'

const path = fromRoot('package-lock.json')
const lock = JSON.parse(readFileSync(path, 'utf8')) as LockFile
writeFileSync(path, `${JSON.stringify(wholeLock(lock), undefined, 2)}\n`)
process.stdout.write(`${missingIn(lock).length} packages for other platforms added\n`)
