/** What a thread of the pool runs: tasks of one table, one at a time. */
import { parentPort, workerData } from 'node:worker_threads'

import { present } from '../base/assert.ts'
import { asAnilloError } from '../base/errors.ts'
import { readTaskTable, unknownTask, type TaskAnswer, type TaskQuestion } from './worker-tasks.ts'

const port = present(parentPort, 'the port to the thread that started this one')
const tasksUrl: unknown = workerData
const tasks = readTaskTable(await import(String(tasksUrl)))

async function answer({ name, input }: TaskQuestion): Promise<TaskAnswer> {
  try {
    const task = tasks[name]
    if (task === undefined) throw unknownTask(name)
    return { kind: 'done', output: await task(input) }
  } catch (error) {
    const { code, details, cause } = asAnilloError(error)
    const problem = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    return { kind: 'failed', code, details, problem }
  }
}

port.on('message', (question: TaskQuestion) => {
  void answer(question).then((told) => port.postMessage(told))
})
