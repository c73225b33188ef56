/**
 * The browser as a process: how it is started so that it reaches nobody and leaves nothing on the
 * disk, and how it ends with all that it started.
 *
 * It is told that the only way out is a proxy where nobody listens, that no name has an address,
 * and to leave UDP alone; it says nothing of its own accord. So a request that escaped the
 * interception (requests.ts) would end in the browser.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'

import { AnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import { DevtoolsPipe } from './pipe.ts'

/** Of scripts, MiB; a page that needs more is none for reading. */
const SCRIPT_HEAP_MIB = 512
/** Until it answers the first question. */
const START_MS = 20 * SECOND_MS
/** It is asked to end, and ended after that. */
const END_MS = 3 * SECOND_MS
/** What is kept of its last words, for whoever looks why it did not start. */
const WORDS_CHARS_MAX = 2_000

/** `nobody`, on every system that has such an account. */
const NOBODY = 65_534

/** Port 1 is nobody's: only the system's administrator could listen there. */
const NOWHERE = '127.0.0.1:1'

const FEATURES_OFF = [
  'AutofillServerCommunication',
  'CertificateTransparencyComponentUpdater',
  'DialMediaRouteProvider',
  'InterestFeedContentSuggestions',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'Prerender2',
  'PreloadMediaEngagementData',
  'SpeculationRulesPrefetchFuture',
  'Translate',
]

function argumentsFor(folder: string): readonly string[] {
  return [
    '--headless=new',
    '--remote-debugging-pipe',
    `--user-data-dir=${folder}`,
    `--crash-dumps-dir=${folder}`,
    // Nobody is reached, whoever asks.
    `--proxy-server=${NOWHERE}`,
    '--proxy-bypass-list=<-loopback>',
    '--host-resolver-rules=MAP * ~NOTFOUND',
    '--dns-prefetch-disable',
    '--disable-quic',
    '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--webrtc-ip-handling-policy=disable_non_proxied_udp',
    // It says nothing of its own accord.
    '--disable-background-networking',
    '--disable-breakpad',
    '--disable-client-side-phishing-detection',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-domain-reliability',
    '--disable-extensions',
    `--disable-features=${FEATURES_OFF.join(',')}`,
    '--disable-sync',
    '--metrics-recording-only',
    '--no-default-browser-check',
    '--no-first-run',
    '--no-pings',
    '--no-service-autorun',
    // Nothing of a page on the disk.
    '--incognito',
    '--disk-cache-size=1',
    '--media-cache-size=1',
    '--password-store=basic',
    '--use-mock-keychain',
    // The same picture everywhere, and no sound.
    '--disable-gpu',
    '--force-color-profile=srgb',
    '--hide-scrollbars',
    '--lang=en-US',
    '--mute-audio',
    '--disable-background-timer-throttling',
    '--disable-backgrounding-occluded-windows',
    '--disable-renderer-backgrounding',
    `--js-flags=--max-old-space-size=${SCRIPT_HEAP_MIB}`,
  ]
}

export class BrowserProcess {
  readonly pipe: DevtoolsPipe
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #gone: Promise<void>

  private constructor(child: ChildProcess, folder: string, pipe: DevtoolsPipe) {
    this.#child = child
    this.#folder = folder
    this.pipe = pipe
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gone = promise
    child.once('exit', () => {
      pipe.end('the browser ended')
      resolve()
    })
  }

  /** @throws AnilloError RENDER_UNAVAILABLE */
  static async start(path: string): Promise<BrowserProcess> {
    await sweep()
    const folder = await mkdtemp(join(tmpdir(), `${FOLDER}${process.pid}-`))
    const user = await lesserUser(folder)
    const child = spawn(path, argumentsFor(folder), {
      // Nothing of the member's environment is its business; the folder is its home.
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        TMPDIR: folder,
        LANG: 'en_US.UTF-8',
        TZ: 'UTC',
      },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      // A group of its own: it ends as one, and Ctrl-C is the member's to act on.
      detached: true,
      ...user,
    })
    const words = lastWords(child)
    try {
      const pipe = await pipeOf(child)
      const started = new BrowserProcess(child, folder, pipe)
      await pipe.call('Browser.getVersion', {}, { timeoutMs: START_MS })
      return started
    } catch (thrown) {
      killGroup(child)
      await removeFolder(folder)
      const problem = `${path} did not start${words() === '' ? '' : `: ${words()}`}`
      throw new AnilloError('RENDER_UNAVAILABLE', { problem }, { cause: thrown })
    }
  }

  get hasEnded(): boolean {
    return this.pipe.hasEnded
  }

  async end(): Promise<void> {
    this.pipe.call('Browser.close', {}, { timeoutMs: END_MS }).catch(() => undefined)
    const timer = setTimeout(() => killGroup(this.#child), END_MS)
    await this.#gone
    clearTimeout(timer)
    killGroup(this.#child)
    this.pipe.end('the browser was ended')
    await removeFolder(this.#folder)
  }

  /** At once: it does not answer. */
  async kill(): Promise<void> {
    killGroup(this.#child)
    await this.end()
  }
}

/**
 * Chromium's sandbox cannot be had by root, and nothing that runs strangers' scripts should be
 * root: it becomes nobody, and keeps its sandbox.
 */
async function lesserUser(
  folder: string,
): Promise<{ readonly uid?: number; readonly gid?: number }> {
  if (process.getuid?.() !== 0) return {}
  await chown(folder, NOBODY, NOBODY)
  return { uid: NOBODY, gid: NOBODY }
}

async function pipeOf(child: ChildProcess): Promise<DevtoolsPipe> {
  const { promise, reject } = Promise.withResolvers<never>()
  child.once('error', reject)
  child.once('exit', () => reject(new Error('it ended')))
  promise.catch(() => undefined)
  const [, , , out, back] = child.stdio
  if (!(out instanceof Writable) || !(back instanceof Readable)) return promise
  return new DevtoolsPipe(out, back)
}

/** Its last complaint. */
function lastWords(child: ChildProcess): () => string {
  let words = ''
  child.stderr?.setEncoding('utf8')
  child.stderr?.on('data', (piece: string) => {
    words = (words + piece).slice(-WORDS_CHARS_MAX)
  })
  return () => words.trim().split('\n').at(-1) ?? ''
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // All of it is gone.
  }
}

const FOLDER = 'anillo-browser-'

/** What members left that were killed. */
async function sweep(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => [])
  for (const name of names) {
    const pid = /^anillo-browser-(\d{1,10})-/.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) await removeFolder(join(tmpdir(), name))
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return !(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')
  }
}

/** Its processes may write a last time while they end. */
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(
    () => undefined,
  )
}
