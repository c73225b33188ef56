/**
 * Where `tasks.ts` lies, which worker threads load: beside its source, or, where the program runs
 * as one built file, built beside that (`tools/setup/program.mjs`).
 */
export const TASKS_MODULE = new URL(
  import.meta.url.endsWith('.ts') ? 'tasks.ts' : 'tasks.js',
  import.meta.url,
)
