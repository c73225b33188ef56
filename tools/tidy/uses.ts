/**
 * Finds where a file reaches into the world by itself: a global's property (`Date.now`), a call
 * (`setTimeout()`), an alias (`const { random } = Math`). A local variable of the same name is not
 * the global; of names bound anywhere in the file nothing is said.
 */
import { Visitor } from 'rolldown/utils'

import type { LineOf, Mark } from './marks.ts'

type Program = Parameters<Visitor['visit']>[0]

/** What to use instead of each global, by its name or `Object.property`. */
const INSTEAD = new Map([
  ['Date', 'Clock of effects/clock.ts'],
  ['Date.now', 'Clock of effects/clock.ts'],
  ['Math.random', 'Chance of base/random.ts'],
  ['setTimeout', 'Clock.after() of effects/clock.ts'],
  ['setInterval', 'Clock.after() of effects/clock.ts'],
  ['setImmediate', 'Clock.after() of effects/clock.ts'],
  ['performance', 'Clock of effects/clock.ts'],
  ['fetch', 'HttpClient of effects/http.ts'],
  ['WebSocket', 'Net of effects/net.ts'],
  ['Worker', 'Workers of effects/workers.ts'],
  ['crypto', 'Crypto or Random of effects'],
  ['console', 'Log of effects/log.ts'],
  ['process', 'an argument that node/ passes in'],
  ['globalThis', 'effects'],
  ['global', 'effects'],
  ['require', 'import'],
])

/** Globals of which only some properties depend on the world. */
const PARTLY = new Set(['Date', 'Math'])

/** Uses of clock, chance, timers, network, files or the process past `effects`. */
export function ambientUses(program: Program, lineOf: LineOf): Mark[] {
  const bound = boundNames(program)
  const found: Mark[] = []
  const tell = (name: string, at: number): void => {
    const instead = INSTEAD.get(name)
    if (instead === undefined || bound.has(name.split('.')[0] ?? '')) return
    found.push({ what: `${name}: use ${instead}`, line: lineOf(at) })
  }
  new Visitor({
    CallExpression: ({ callee }) => {
      if (callee.type === 'Identifier') tell(callee.name, callee.start)
    },
    // With an argument it only converts a time that came from somewhere.
    NewExpression: ({ callee, arguments: given }) => {
      if (callee.type !== 'Identifier') return
      if (given.length === 0 || callee.name !== 'Date') tell(callee.name, callee.start)
    },
    MemberExpression: ({ object, property }) => {
      if (object.type !== 'Identifier') return
      if (!PARTLY.has(object.name)) tell(object.name, object.start)
      else if (property.type === 'Identifier') tell(`${object.name}.${property.name}`, object.start)
    },
    VariableDeclarator: ({ id, init }) => {
      if (init?.type !== 'Identifier' || init.name === 'Math') return
      if (id.type === 'ObjectPattern' || !PARTLY.has(init.name)) tell(init.name, init.start)
    },
  }).visit(program)
  return found
}

/** Promises made or awaited, and work put off to after this turn. */
export function promiseUses(program: Program, lineOf: LineOf): Mark[] {
  const found: Mark[] = []
  const tell = (what: string, at: number): void => {
    found.push({ what, line: lineOf(at) })
  }
  const tellAsync = (node: { readonly async: boolean; readonly start: number }): void => {
    if (node.async) tell('async', node.start)
  }
  new Visitor({
    FunctionDeclaration: tellAsync,
    FunctionExpression: tellAsync,
    ArrowFunctionExpression: tellAsync,
    AwaitExpression: ({ start }) => tell('await', start),
    Identifier: ({ name, start }) => {
      if (name === 'Promise' || name === 'queueMicrotask') tell(name, start)
    },
  }).visit(program)
  return found
}

/** Names that the file itself binds: imports, variables, parameters. */
function boundNames(program: Program): ReadonlySet<string> {
  const bound = new Set<string>()
  const bind = (pattern: unknown): void => {
    for (const name of namesIn(pattern)) bound.add(name)
  }
  const bindParams = ({ params }: { readonly params: readonly unknown[] }): void => {
    for (const param of params) bind(param)
  }
  new Visitor({
    ImportSpecifier: ({ local }) => bind(local),
    ImportNamespaceSpecifier: ({ local }) => bind(local),
    ImportDefaultSpecifier: ({ local }) => bind(local),
    VariableDeclarator: ({ id }) => bind(id),
    FunctionDeclaration: (node) => {
      bind(node.id)
      bindParams(node)
    },
    FunctionExpression: bindParams,
    ArrowFunctionExpression: bindParams,
  }).visit(program)
  return bound
}

/** The names that a pattern binds: `{ a, b: [c = 1] }` binds a and c. */
function namesIn(pattern: unknown): readonly string[] {
  if (typeof pattern !== 'object' || pattern === null || !('type' in pattern)) return []
  if (pattern.type === 'Identifier') {
    return 'name' in pattern && typeof pattern.name === 'string' ? [pattern.name] : []
  }
  return ['properties', 'elements', 'value', 'left', 'argument'].flatMap((key) => {
    const part: unknown = Reflect.get(pattern, key)
    return Array.isArray(part) ? part.flatMap(namesIn) : namesIn(part)
  })
}
