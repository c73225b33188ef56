/** What worker threads do for extraction. Loads parsers: for a table of tasks alone. */
import type { TaskTable } from '../../../effects/workers.ts'
import { extractPage } from './extract-page.ts'
import { EXTRACT_TASK, type ExtractAnswer, type ExtractQuestion } from './extract-task.ts'

export const extractTasks: TaskTable = {
  [EXTRACT_TASK]: (input) => extract(input as ExtractQuestion),
}

function extract({ bytes, page, spec }: ExtractQuestion): ExtractAnswer {
  try {
    return { kind: 'extracted', extracted: extractPage(page, bytes, spec) }
  } catch (thrown) {
    // Of a parser that follows elements into elements.
    if (thrown instanceof RangeError) return { kind: 'tooDeep' }
    throw thrown
  }
}
