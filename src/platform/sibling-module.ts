/**
 * Where a module of this folder lies that a thread is started with: beside its source, or, where
 * the program runs as one built file, built beside that (`tools/setup/bundle.mjs`).
 */
export function siblingModule(source: string): URL {
  const isSource = import.meta.url.endsWith('.ts')
  return new URL(isSource ? source : source.replace(/\.ts$/, '.js'), import.meta.url)
}
