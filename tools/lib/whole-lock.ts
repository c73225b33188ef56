/**
 * A package-lock.json that `npm ci` takes. Binaries for other platforms are packages of their own,
 * and a mirror may lack some of them: npm then leaves them out of the lock, and refuses it as not
 * whole. They are named in it all the same, with the platform that their name tells, so that npm
 * neither misses nor fetches them.
 */

interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly license?: string
  readonly dev?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>
}

const PLACE = 'node_modules/'
const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const PROCESSORS = ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64']

interface Missing {
  readonly name: string
  readonly version: string
  readonly of: LockedPackage
}

/** Packages for some platform that another names and that have no entry. */
export function missingIn({ packages }: LockFile): readonly Missing[] {
  return Object.entries(packages).flatMap(([place, of]) =>
    Object.entries(of.optionalDependencies ?? {}).flatMap(([name, version]) => {
      const isThere = [`${place}/${PLACE}${name}`, PLACE + name].some((one) =>
        Object.hasOwn(packages, one),
      )
      return isThere ? [] : [{ name, version, of }]
    }),
  )
}

/** @throws Error for a package that does not tell its platform */
export function wholeLock(lock: LockFile): LockFile {
  const added = missingIn(lock).map((one) => [PLACE + one.name, entryOf(one)] as const)
  const entries = [...Object.entries(lock.packages), ...added]
  // As npm sorts them; the project itself has the empty name.
  const packages = Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return { ...lock, packages }
}

function entryOf({ name, of, version }: Missing): object {
  const parts = name.split(/[-/]/)
  const os = SYSTEMS.filter((one) => parts.includes(one))
  const cpu = PROCESSORS.filter((one) => parts.includes(one))
  if (os.length !== 1 || cpu.length !== 1 || !/^\d+\.\d+\.\d+$/.test(version))
    throw new Error(`${name}@${version} does not tell its platform: add it to the lock by hand`)
  const libc = name.includes('musl') ? ['musl'] : name.includes('gnu') ? ['glibc'] : undefined
  return {
    version,
    cpu,
    ...(of.dev === true ? { dev: true } : {}),
    ...(libc === undefined ? {} : { libc }),
    ...(of.license === undefined ? {} : { license: of.license }),
    optional: true,
    os,
  }
}
