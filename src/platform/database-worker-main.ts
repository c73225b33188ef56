/** The thread that writes one database: carries out one question after the other. */
import { parentPort, workerData } from 'node:worker_threads'

import { present } from '../base/assert.ts'
import { asAnilloError } from '../base/errors.ts'
import { OPENING, readWriterData, type WriterAnswer, type WriterQuestion } from './database-talk.ts'
import { DatabaseWriter } from './database-writer.ts'

const port = present(parentPort, 'the port to the thread that started this one')
let writer: DatabaseWriter | undefined

function carryOut(question: WriterQuestion): void {
  const open = present(writer, 'the open database')
  if (question.kind === 'write') open.write(question.batch)
  else if (question.kind === 'checkpoint') open.checkpoint()
  else open.close()
}

function answered(number: number, run: () => void): WriterAnswer {
  try {
    run()
    return { kind: 'done', number }
  } catch (error) {
    const { code, details, cause } = asAnilloError(error)
    const problem = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    return { kind: 'failed', number, code, details, problem }
  }
}

port.on('message', (question: WriterQuestion) => {
  port.postMessage(answered(question.number, () => carryOut(question)))
})
const where = readWriterData(workerData)
const open = (): void => {
  writer = new DatabaseWriter(where)
}
port.postMessage(answered(OPENING, open))
