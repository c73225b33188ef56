/**
 * Where a module of this folder lies that a thread is started with: beside its source, or, where
 * the program runs as one built file, built beside that (`tools/setup/bundle.mjs`).
 */
export function siblingModule(name: string): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`${name}.${extension}`, import.meta.url)
}
