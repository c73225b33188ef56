/** `node small-supervisor.ts DIRECTORY`: a supervisor over small members, to be killed itself. */
import { superviseIn } from './trial.ts'

const trial = superviseIn(process.argv[2] ?? '.')
await trial.announced
console.log('announced')
const keepAlive = setInterval(() => undefined, 2 ** 30)
await trial.supervisor.finished
clearInterval(keepAlive)
