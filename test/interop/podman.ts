/**
 * A podman of its own for one trial: storage, settings and networks are in a directory and in
 * namespaces that end with it, so that neither meets what the person has. Its base image is made
 * of this machine's Node, so that nothing is downloaded.
 */
import { execFileSync, spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { programPath } from '../../tools/lib/programs.ts'
import { hashOfFiles } from '../../tools/setup/files.mjs'
import { Running, type Ended } from './places.ts'

const ROOT = new URL('../..', import.meta.url).pathname
const BASE_IMAGE = 'localhost/anillo-trial-base'
export const IMAGE = 'localhost/anillo-trial'
/** Of the checkout; packages and what was built come besides. */
const COPIED = ['bin', 'deploy', 'src', 'test/interop', 'tools', 'web', 'package.json'] as const
/** Programs of the base image, besides Node. */
const PROGRAMS = ['/usr/bin/env', '/bin/sh'] as const
/** Of a container that runs something for a moment. */
const WORDS = ['run', '--rm'] as const

export class Podman implements AsyncDisposable {
  readonly #root: string
  readonly #space: ChildProcess
  readonly #env: NodeJS.ProcessEnv
  readonly #running: Running[] = []
  #count = 0

  private constructor(root: string, space: ChildProcess) {
    this.#root = root
    this.#space = space
    this.#env = {
      ...process.env,
      PATH: `${dirname(programPath('podman-compose'))}:${process.env['PATH'] ?? ''}`,
      CONTAINERS_STORAGE_CONF: join(root, 'storage.conf'),
      CONTAINERS_CONF: join(root, 'containers.conf'),
      BUILDAH_ISOLATION: 'chroot',
      ANILLO_BASE: BASE_IMAGE,
      ANILLO_IMAGE: IMAGE,
    }
  }

  /** The reason as text where containers cannot be had here. */
  static async open(): Promise<Podman | string> {
    const root = mkdtempSync(join(tmpdir(), 'anillo-podman-'))
    writeSettings(root)
    const shell =
      'ip link set lo up && mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns && ' +
      'echo ready && exec sleep infinity'
    const flags = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    // Also when this process is killed nothing stays.
    const words = ['--pdeathsig', 'KILL', 'unshare', ...flags, 'sh', '-c', shell]
    const space = spawn('setpriv', words, { stdio: 'pipe' })
    const podman = new Podman(root, space)
    const isOpen = await Promise.race([
      once(space.stdout, 'data').then(() => true),
      once(space, 'close').then(() => false),
    ])
    if (!isOpen) {
      await podman[Symbol.asyncDispose]()
      return 'this account may make no namespaces'
    }
    podman.#makeBase()
    const base = join(root, 'base')
    const built = await podman.run('build', '--quiet', '--tag', BASE_IMAGE, base)
    const tried = built.exitCode === 0 ? await podman.#tries() : built
    if (tried.exitCode === 0) return podman
    await podman[Symbol.asyncDispose]()
    return `podman may not run here: ${tried.err.trim().split('\n').at(-1) ?? ''}`
  }

  #tries(): Promise<Ended> {
    return this.run(...WORDS, BASE_IMAGE, '/usr/bin/node', '--version')
  }

  /** The checkout as a person has it, with packages and program in place: nothing is fetched. */
  stage(): string {
    const stage = join(this.#root, 'checkout')
    if (existsSync(stage)) return stage
    execFileSync(process.execPath, [join(ROOT, 'bin/anillo'), '--version'], { stdio: 'pipe' })
    for (const path of [...COPIED, 'package-lock.json', 'dist']) {
      cpSync(join(ROOT, path), join(stage, path), { recursive: true })
    }
    mkdirSync(join(stage, '.runtime'))
    for (const stamp of ['program', 'page']) {
      cpSync(join(ROOT, '.runtime', stamp), join(stage, '.runtime', stamp))
    }
    // Packages are as in this checkout, where they were checked.
    const stamped = ['package-lock.json', 'package.json'].map((name) => join(stage, name))
    writeFileSync(join(stage, '.runtime', 'installed'), hashOfFiles(stage, stamped))
    const lock = 'node_modules/.package-lock.json'
    for (const path of [...packagesToRun(), lock]) {
      cpSync(join(ROOT, path), join(stage, path), { recursive: true, dereference: true })
    }
    // What is left out of an image elsewhere is what makes this one without a download.
    rmSync(join(stage, 'deploy/Containerfile.dockerignore'))
    return stage
  }

  /** Once: podman-compose would build it for each replica. */
  build(): Promise<Ended> {
    const stage = this.stage()
    const from = ['--build-arg', `BASE=${BASE_IMAGE}`, '--file', `${stage}/deploy/Containerfile`]
    return this.run('build', ...from, '--tag', IMAGE, stage)
  }

  /** `podman WORDS`, to its end. */
  run(...words: readonly string[]): Promise<Ended> {
    return this.#toEnd('podman', ...words)
  }

  /** What a container says, from its start on. */
  log(container: string): Running {
    // A signal for nsenter is for whom it runs, too.
    const words = ['setpriv', '--pdeathsig', 'TERM', 'podman', 'logs', '--follow', container]
    const running = new Running(spawn('nsenter', this.#inside(words), this.#options('pipe')))
    this.#running.push(running)
    return running
  }

  /** By files, not pipes: what looks after a container goes on, and holds a pipe open. */
  async #toEnd(...words: readonly string[]): Promise<Ended> {
    const paths = [join(this.#root, `${++this.#count}.out`), join(this.#root, `${this.#count}.err`)]
    const files = paths.map((path) => openSync(path, 'w'))
    try {
      const options = this.#options(['ignore', ...files])
      const program = spawn('nsenter', this.#inside(words), options)
      await once(program, 'exit')
      const [out = '', err = ''] = paths.map((path) => readFileSync(path, 'utf8'))
      return { exitCode: program.exitCode, out, err }
    } finally {
      for (const file of files) closeSync(file)
    }
  }

  #options(stdio: StdioOptions) {
    return { env: this.#env, cwd: this.#root, stdio }
  }

  /** In the namespaces. */
  #inside(words: readonly string[]): readonly string[] {
    const { pid } = this.#space
    const first = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return ['--target', first, '--net', '--mount', '--pid', ...words]
  }

  /** What runs `podman-compose` with that file of the checkout. */
  compose(file: string, settings: Readonly<Record<string, string>>): Compose {
    const path = join(this.stage(), file)
    const project = `t${process.pid}`
    Object.assign(this.#env, settings)
    const words = ['podman-compose', '--project-name', project, '--file', path]
    return {
      name: (service, number = 1) => `${project}_${service}_${number}`,
      network: (name) => `${project}_${name}`,
      run: (...more) => this.#toEnd(...words, ...more),
    }
  }

  /** Runs a command in a container of its own on that network. */
  at(network: string, ...words: readonly string[]): Promise<Ended> {
    const settings = ['ANILLO_CA', 'ANILLO_NICK', 'ANILLO_PASSWORD'].flatMap((name) =>
      this.#env[name] === undefined ? [] : ['--env', name],
    )
    const place = ['--network', network, '--entrypoint', 'node']
    return this.run(...WORDS, ...settings, ...place, IMAGE, ...words)
  }

  set(name: 'ANILLO_CA' | 'ANILLO_NICK' | 'ANILLO_PASSWORD', value: string): void {
    this.#env[name] = value
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((one) => one.stop()))
    if (this.#space.exitCode === null && this.#space.pid !== undefined) {
      await this.run('rm', '--all', '--force', '--time', '0')
      const over = once(this.#space, 'close')
      this.#space.kill('SIGKILL')
      await over
    }
    rmSync(this.#root, { recursive: true, force: true })
  }

  /** This machine's Node with its libraries, as a root file system. */
  #makeBase(): void {
    const root = join(this.#root, 'base', 'root')
    for (const path of ['bin', 'etc', 'tmp', 'proc', 'dev', 'sys', 'usr/local/bin', 'usr/bin']) {
      mkdirSync(join(root, path), { recursive: true })
    }
    const node = realpathSync(process.execPath)
    copyFileSync(node, join(root, 'usr/bin/node'))
    const programs = PROGRAMS.map((path) => ({ path, real: realpathSync(path) }))
    for (const { path, real } of programs) copyFileSync(real, join(root, path))
    const told = execFileSync('ldd', [node, ...programs.map(({ real }) => real)], {
      encoding: 'utf8',
    })
    for (const library of new Set(told.match(/\/\S+\.so\S*/g))) {
      mkdirSync(dirname(join(root, library)), { recursive: true })
      copyFileSync(library, join(root, library))
    }
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n')
    writeFileSync(join(this.#root, 'base', 'Containerfile'), 'FROM scratch\nCOPY root/ /\n')
  }
}

export interface Compose {
  /** Of a container. */
  name(service: string, number?: number): string
  network(name: string): string
  /** `podman-compose WORDS`, to its end. */
  run(...words: readonly string[]): Promise<Ended>
}

function writeSettings(root: string): void {
  mkdirSync(join(root, 'networks'))
  const storage = `[storage]
driver = "overlay"
graphroot = "${root}/graph"
runroot = "${root}/run"
`
  writeFileSync(join(root, 'storage.conf'), storage)
  // Bounds that need no right to raise them.
  const settings = `[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
network_config_dir = "${root}/networks"
`
  writeFileSync(join(root, 'containers.conf'), settings)
}

/** Paths of packages that the program asks for; the others build and check it. */
function packagesToRun(): readonly string[] {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>
  }
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true && existsSync(join(ROOT, path)))
    .map(([path]) => path)
}
