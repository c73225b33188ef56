/** Builds the page for tests that serve it, as the command `anillo` does before it starts. */
import { setUp } from '../setup/setup.mjs'
import { SetupError, tell } from '../setup/tell.mjs'
import { ROOT } from './paths.ts'

/** @returns whether the page is there; what went wrong was told */
export async function setUpPage(): Promise<boolean> {
  try {
    await setUp({ root: ROOT, builds: true })
    return true
  } catch (problem) {
    if (!(problem instanceof SetupError)) throw problem
    tell(problem.message)
    return false
  }
}
