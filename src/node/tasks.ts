/** All that the worker threads of a member know to do (`platform/worker-main.ts` loads it). */
import { extractTasks } from '../services/scrape/extract/tasks.ts'
import { searchTasks } from '../services/scrape/search/tasks.ts'
import { versionTasks } from '../services/scrape/versions/tasks.ts'

export const tasks = { ...extractTasks, ...searchTasks, ...versionTasks }
