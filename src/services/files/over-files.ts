/** Some calls of the tree carried out otherwise, all else as before. */
import type { Files } from './types.ts'

/** @param own in whose place no call of `files` is made but by themselves */
export function overFiles(files: Files, own: Partial<Files>): Files {
  return new Proxy(files, {
    get(target, name) {
      const found: unknown = Reflect.get(own, name) ?? Reflect.get(target, name, target)
      const bound: unknown = typeof found === 'function' ? found.bind(target) : found
      return bound
    },
  })
}
