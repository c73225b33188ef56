/** Which two versions of a page are compared, and the numbers of their lines. Pure. */
import type { DiffHunk, DiffLine, PageVersion } from '../../../src/wire/api-pages.ts'

/** Instants that name versions. */
export interface Pair {
  readonly from: string
  readonly to: string
}

/** The newest and the one before; `undefined` where there are no two. */
export function firstPair(versions: readonly Pick<PageVersion, 'at'>[]): Pair | undefined {
  const [newest, before] = versions
  return newest === undefined || before === undefined
    ? undefined
    : { from: before.at, to: newest.at }
}

export interface NumberedLine {
  readonly line: DiffLine
  /** In the text where it stands: of a line taken away, the older one. */
  readonly number: number
}

export function numberedLines({ from, lines, to }: DiffHunk): readonly NumberedLine[] {
  const next = { from, to }
  return lines.map((line) => {
    const number = line.kind === 'removed' ? next.from : next.to
    if (line.kind !== 'added') next.from++
    if (line.kind !== 'removed') next.to++
    return { line, number }
  })
}
