/** Who may import whom. */
import { posix } from 'node:path'

import { islandOf, isTestFile, layerOf } from './layers.ts'
import type { Layer } from './layers.ts'
import type { Source } from './source.ts'
import type { Finding } from './tree.ts'

/** A file and the files of the checkout that it imports. */
export type Graph = ReadonlyMap<string, readonly string[]>

/** Upward imports, islands, packages and `node:` where they are not allowed. */
export function importRules(source: Source): Finding[] {
  const layer = layerOf(source.path)
  if (layer === undefined) {
    if (!source.path.startsWith('src/')) return []
    const text = 'lies in no layer: move it to one, or add a row to tools/tidy/layers.ts'
    return [{ path: source.path, line: 0, text }]
  }
  if (isTestFile(source.path)) return []
  return source.imports.flatMap(({ what, line }) => {
    const text = what.startsWith('.')
      ? fileProblem(layer, { from: source.path, to: resolved(source.path, what) })
      : packageProblem(layer, what)
    return text === undefined ? [] : [{ path: source.path, line, text }]
  })
}

/** The file that a relative specifier names. */
export function resolved(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier)
}

function fileProblem(
  layer: Layer,
  { from, to }: { readonly from: string; readonly to: string },
): string | undefined {
  const target = layerOf(to)
  if (target === undefined) return undefined
  if (target === layer) return islandProblem(layer, { from, to })
  if (isTestFile(to)) return `${to} serves tests alone`
  if (target.rank >= layer.rank) {
    return `${layer.folder} (${layer.rank}) imports upwards from ${target.folder} (${target.rank}): move what both need down, or take it as an argument`
  }
  if (layer.mayImport !== undefined && !layer.mayImport.includes(target.folder)) {
    return `${layer.folder} may import only ${layer.mayImport.join(', ')}, not ${target.folder}`
  }
  if (target.importedBy !== undefined && !target.importedBy.includes(layer.folder)) {
    return `${target.folder} is imported by ${target.importedBy.join(', ')} alone: take what is needed as an argument`
  }
  return undefined
}

function islandProblem(
  layer: Layer,
  { from, to }: { readonly from: string; readonly to: string },
): string | undefined {
  if (layer.islands === undefined) return undefined
  const [here, there] = [islandOf(layer, from), islandOf(layer, to)]
  if (here === there || there === undefined) return undefined
  return `${here ?? layer.folder} imports ${there}, another island: move what both need down, or let node/ wire them`
}

function packageProblem(layer: Layer, specifier: string): string | undefined {
  if (specifier.startsWith('node:')) {
    if (layer.touch === 'itself' || layer.nodeModules?.includes(specifier) === true)
      return undefined
    return `${specifier} in ${layer.folder}: go through an interface of effects/`
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  if (layer.packages === undefined || layer.packages.includes(name)) return undefined
  return `${layer.folder} may not import ${name}: add it to its row in tools/tidy/layers.ts if it touches nothing, else go through effects/`
}

/** Files of the checkout only. */
export function graphOf(sources: readonly Source[]): Graph {
  const known = new Set(sources.map(({ path }) => path))
  return new Map(
    sources.map(({ path, imports }) => [
      path,
      imports
        .filter(({ what }) => what.startsWith('.'))
        .map(({ what }) => resolved(path, what))
        .filter((to) => known.has(to)),
    ]),
  )
}

/** Import cycles, those of types included. Each is told once, at its first file. */
export function cycleRule(graph: Graph): Finding[] {
  const findings: Finding[] = []
  const done = new Set<string>()
  const trail: string[] = []
  const visit = (path: string): void => {
    if (done.has(path)) return
    const at = trail.indexOf(path)
    if (at >= 0) {
      const cycle = [...trail.slice(at), path].join(' → ')
      findings.push({ path, line: 0, text: `imports itself: ${cycle}; move what both need apart` })
      return
    }
    trail.push(path)
    for (const next of graph.get(path) ?? []) visit(next)
    trail.pop()
    done.add(path)
  }
  for (const path of graph.keys()) visit(path)
  return findings
}
