/** Entries as LIST, NLST, MLSD and MLST tell them. Pure. */
import type { Entry } from '../../services/files/types.ts'
import { lsDate, timeText } from './dates.ts'

/** Facts of RFC 3659 section 7.5 and of its registry, in the order in which they are told. */
export const FACTS = [
  'Type',
  'Size',
  'Modify',
  'Create',
  'Perm',
  'Unique',
  'UNIX.mode',
  'UNIX.owner',
  'UNIX.group',
] as const

export type Fact = (typeof FACTS)[number]

/** What `OPTS MLST` asked for, in the order of FACTS; what is unknown is left out. */
export function chosenFacts(argument: string): readonly Fact[] {
  const asked = new Set(argument.toLowerCase().split(';'))
  return FACTS.filter((fact) => asked.has(fact.toLowerCase()))
}

/** `Type=file;Size=3; name`. @param name as it is to stand there */
export function factLine(
  entry: Entry,
  {
    facts,
    name,
    type,
  }: {
    readonly facts: readonly Fact[]
    readonly name: string
    /** Of the listed folder itself `cdir`, of the one above `pdir`. */
    readonly type?: 'cdir' | 'pdir'
  },
): string {
  const told = facts.flatMap((fact) => {
    const value = fact === 'Type' ? (type ?? typeOf(entry)) : VALUES[fact](entry)
    return value === undefined ? [] : `${fact}=${value};`
  })
  return `${told.join('')} ${name}`
}

const VALUES: Record<Exclude<Fact, 'Type'>, (entry: Entry) => string | undefined> = {
  Size: ({ bytes, kind }) => (kind === 'file' ? `${bytes}` : undefined),
  Modify: ({ modifiedMs }) => timeText(modifiedMs),
  Create: ({ createdMs }) => timeText(createdMs),
  Perm: permOf,
  Unique: ({ id }) => id,
  'UNIX.mode': ({ mode }) => `0${mode.toString(8).padStart(3, '0')}`,
  'UNIX.owner': ({ owner }) => owner,
  'UNIX.group': () => GROUP,
}

function typeOf({ kind }: Entry): string {
  return kind === 'file' ? 'file' : 'dir'
}

/** RFC 3659 section 7.5.5. */
function permOf({ access, kind }: Entry): string {
  if (kind === 'file') return access === 'read' ? 'r' : 'adfrw'
  return access === 'read' ? 'el' : 'cdeflmp'
}

const GROUP = 'anillo'

/** One line of `ls -l`, which all clients can read. */
export function lsLine(entry: Entry, nowMs: number): string {
  const letter = entry.kind === 'folder' ? 'd' : '-'
  const owner = entry.owner.padEnd(8)
  const bytes = `${entry.bytes}`.padStart(12)
  const when = lsDate(entry.modifiedMs, nowMs)
  return `${letter}${modeText(entry.mode)}   1 ${owner} ${GROUP}   ${bytes} ${when} ${entry.name}`
}

function modeText(mode: number): string {
  return [6, 3, 0]
    .map((shift) => {
      const bits = mode >> shift
      return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`
    })
    .join('')
}
