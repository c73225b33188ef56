/** Runs the steps of a gate: each a program whose output counts only when it failed. */
import { spawn } from 'node:child_process'

import { ROOT } from './paths.ts'

/** One thing a gate asks for. */
export interface Step {
  readonly name: string
  /** What to type to see it alone; printed with a failure. */
  readonly hint: string
  run(): Promise<StepResult>
}

/** How a step ended. */
export interface StepResult {
  readonly ok: boolean
  readonly output: string
}

/** A step that is a program of a package under node_modules, run by this very Node. */
export function programStep(name: string, script: string, args: readonly string[]): Step {
  const command = [script, ...args]
  return { name, hint: `node ${command.join(' ')}`, run: () => runProgram(command) }
}

function runProgram(args: readonly string[]): Promise<StepResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
    const pieces: Buffer[] = []
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
    child.stderr.on('data', (piece: Buffer) => pieces.push(piece))
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ ok: code === 0, output: Buffer.concat(pieces).toString() })
    })
  })
}

/** Runs all at once and tells each as it ends. @returns whether every one held. */
export async function runSteps(steps: readonly Step[]): Promise<boolean> {
  const results = await Promise.all(steps.map(tellStep))
  return results.every((ok) => ok)
}

async function tellStep(step: Step): Promise<boolean> {
  const startedMs = performance.now()
  const { ok, output } = await step.run()
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  if (ok) {
    console.log(`✔ ${step.name} (${seconds} s)`)
    return true
  }
  console.log(`✖ ${step.name} (${seconds} s): ${step.hint}\n\n${output.trimEnd()}\n`)
  return false
}
