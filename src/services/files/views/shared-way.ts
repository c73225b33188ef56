/** A path below `/.shared` and the one it stands for, of which no answer tells. Pure. */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Entry } from '../types.ts'

export interface Alias {
  /** `/.shared/ana/plans`. */
  readonly shown: string
  readonly name: string
  /** Where that is. */
  readonly real: string
}

/** As a call goes to the tree, and its answer back. */
export interface Way {
  readonly path: string
  readonly alias: Alias | undefined
}

export async function told<E extends Entry>(ways: readonly Way[], answer: Promise<E>): Promise<E> {
  return shownBy(ways, await done(ways, answer))
}

/** What was refused is told of the path that was asked for. */
export async function done<T>(ways: readonly Way[], answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (thrown) {
    throw isAnilloError(thrown) ? shownError(ways, thrown) : thrown
  }
}

export function shownBy<E extends Entry>(ways: readonly Way[], entry: E): E {
  const itself = ways.find(({ alias }) => alias?.real === entry.path)?.alias
  if (itself !== undefined) return { ...entry, path: itself.shown, name: itself.name }
  return { ...entry, path: pathShownBy(ways, entry.path) }
}

/** As `shownBy`, of a path alone. */
export function pathShownBy(ways: readonly Way[], path: string): string {
  for (const { alias } of ways) {
    if (alias === undefined) continue
    const rest = path === alias.real ? '' : restBelow(alias.real, path)
    if (rest !== undefined) return alias.shown + rest
  }
  return path
}

function shownError(ways: readonly Way[], thrown: AnilloError): AnilloError {
  const { code, details } = thrown
  const { path } = details
  if (typeof path !== 'string') return thrown
  for (const { alias } of ways) {
    const shown = alias && shownPath(alias, path)
    if (shown !== undefined) {
      return new AnilloError(code, { ...details, path: shown }, { cause: thrown })
    }
  }
  return thrown
}

/** Folders above are not named either. */
function shownPath({ real, shown }: Alias, path: string): string | undefined {
  if (path === real || restBelow(path, real) !== undefined) return shown
  const rest = restBelow(real, path)
  return rest === undefined ? undefined : shown + rest
}

/** `/c` of `/a/b` and `/a/b/c`. */
function restBelow(above: string, path: string): string | undefined {
  return path.startsWith(above === '/' ? above : `${above}/`) ? path.slice(above.length) : undefined
}
