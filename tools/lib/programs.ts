/** Programs that some tests drive and that Node does not bring. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

import { fromRoot } from './paths.ts'

/** A program by its name in Debian, and where else a person may have put it. */
interface Program {
  readonly debianPackage: string
  readonly path: string
}

/** A test file names what it needs in its header: `Needs chromium and …`. */
const PROGRAMS: ReadonlyMap<string, Program> = new Map([
  [
    'chromium',
    {
      debianPackage: 'chromium',
      path: process.env['ANILLO_CHROMIUM'] ?? '/usr/bin/chromium',
    },
  ],
])

/** The names of programs that a test file needs and that are not here. */
export function missingFor(file: string): readonly string[] {
  const sentence = /\bNeeds ([^.]*)\./.exec(readFileSync(fromRoot(file), 'utf8'))?.[1] ?? ''
  const needed = sentence.match(/[\w-]+/g) ?? []
  return needed.filter((name) => {
    const program = PROGRAMS.get(name)
    return program !== undefined && !existsSync(program.path)
  })
}

/** Installs programs where that is ours to do: as root on Debian. Elsewhere does nothing. */
export function installPrograms(names: readonly string[]): void {
  const packages = names.flatMap((name) => PROGRAMS.get(name)?.debianPackage ?? [])
  if (packages.length === 0 || process.getuid?.() !== 0 || !hasApt()) return
  console.log(`Installing with apt-get: ${packages.join(', ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const { status } = spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) console.log(`apt-get ${args.join(' ')} failed.`)
  }
}

function hasApt(): boolean {
  try {
    execFileSync('apt-get', ['--version'], { stdio: 'ignore' })
    return existsSync('/etc/debian_version')
  } catch {
    return false
  }
}
