/** Where the set-up step keeps what it makes. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the checkout, absolute. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/**
 * The places of one checkout; another root serves the tests.
 * @param {string} root
 */
export function placesOf(root) {
  const runtime = join(root, '.runtime')
  return {
    root,
    /** Ignored by git: the runtime, stamps, claims and the compile cache. */
    runtime,
    claims: join(runtime, 'claims'),
    compileCache: join(runtime, 'cache'),
    packageJson: join(root, 'package.json'),
    packageLock: join(root, 'package-lock.json'),
    nodeModules: join(root, 'node_modules'),
    /** npm's own record of what it put into node_modules, written last. */
    installedLock: join(root, 'node_modules', '.package-lock.json'),
    installStamp: join(runtime, 'installed'),
    pageSource: join(root, 'web'),
    page: join(root, 'dist', 'web'),
    pageStamp: join(runtime, 'page'),
    /** Of the sources as they were when they were last read: `rememberedHash`. */
    pageLook: join(runtime, 'page.look'),
    programSource: join(root, 'src', 'cli', 'main.ts'),
    program: join(root, 'dist', 'anillo', 'main.js'),
    programStamp: join(runtime, 'program'),
    programLook: join(runtime, 'program.look'),
  }
}

/** @typedef {ReturnType<typeof placesOf>} Places */
