/** What the ring shares with everybody, and what it has from others; `src/wire/api-shares.ts`. */
import type {
  Download,
  DownloadOrder,
  NewDownload,
  NewShare,
  Share,
  ShareContent,
  ShareLookup,
  NetworkLookup,
  ShareNetwork,
} from '../../../src/wire/api-shares.ts'
import { isDownloadOver } from '../../../src/wire/download-states.ts'
import { listOf, pageQuery, sound } from './answers.ts'
import { has } from './read.ts'
import { RingTrouble, unreadable, type RingClient } from './ring-client.ts'
import { delay } from './streams.ts'
import { watchOne } from './watched.ts'

const PATH = '/v1/shares'
const DOWNLOADS_PATH = `${PATH}/downloads`
const LOOKUPS_PATH = `${PATH}/network/lookups`

/** The open network is looked through, and addresses that nobody signed are tried. */
const LOOKUP_SECONDS = 15
/** A member holds the answer back while it makes the hashes of a large file. */
const SHARING_SECONDS = 25
/** What is told is written on a majority, a change of leader in between. */
const WRITING_SECONDS = 10
/** While the hashes are made. */
const HASHING_ASK_MS = 1_000

const SHARE = {
  id: 'string',
  name: 'string',
  root: 'string',
  bytes: 'number',
  magnet: 'string',
  urls: 'array',
  by: 'string',
  madeAt: 'string',
  announcedNextAt: 'string',
}
const LOOKUP = { name: 'string', contents: 'array', texts: 'array' }
const CONTENT = { publishers: 'array', providers: 'array' }
const DOWNLOAD = {
  id: 'string',
  name: 'string',
  state: 'string',
  verified: 'boolean',
  path: 'string',
  pieces: 'number',
  keptPieces: 'number',
  receivedBytes: 'number',
  bytesPerSecond: 'number',
  sources: 'array',
  begunAt: 'string',
}
const NETWORK = { buckets: 'array', lookups: 'array', held: 'object', counts: 'object' }

const NETWORK_LOOKUP = { number: 'number', key: 'string', tookMs: 'number', hops: 'array' }

export interface DownloadWatcher {
  readonly onDownload: (download: Download) => void
  /** It is tried again, unless there is no such download. */
  readonly onTrouble: (trouble: RingTrouble) => void
}

export class SharesClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  /** Newest first. */
  async list(cursor?: string): Promise<{ items: Share[]; cursor?: string }> {
    return listOf<Share>(await this.#client.json({ path: `${PATH}?${pageQuery(cursor)}` }), SHARE)
  }

  /** By its id, or the root of its content. @throws RingTrouble NOT_FOUND */
  async find(key: string): Promise<Share> {
    return sound<Share>(await this.#client.json({ path: pathOf(key) }), SHARE)
  }

  /**
   * Asks again while the hashes of a large file are made.
   * @param onHashing told how much of that is done: 0 to 100
   * @throws RingTrouble SHARE_NAME_TAKEN, SHARE_EMPTY, QUOTA_FULL, ...
   */
  async share(
    body: NewShare,
    { onHashing, signal }: { onHashing: (percent: number) => void; signal: AbortSignal },
  ): Promise<Share> {
    const question = { path: PATH, method: 'POST', body, signal } as const
    for (;;) {
      try {
        const answer = await this.#client.json({ ...question, patienceSeconds: SHARING_SECONDS })
        return sound<Share>(answer, SHARE)
      } catch (thrown) {
        if (!(thrown instanceof RingTrouble) || thrown.code !== 'SHARE_HASHING') throw thrown
        onHashing(Number(thrown.details['percent'] ?? 0))
        await delay(HASHING_ASK_MS, signal)
        signal.throwIfAborted()
      }
    }
  }

  /** The file stays. What is ended already is ended. */
  end(id: string): Promise<void> {
    return this.#delete(pathOf(id))
  }

  /** Contents under a name, apart. */
  async lookup(name: string): Promise<ShareLookup> {
    const path = `${PATH}/lookup?${new URLSearchParams({ name }).toString()}`
    const answer = await this.#client.json({ path, patienceSeconds: LOOKUP_SECONDS })
    const { contents, ...lookup } = sound<ShareLookup>(answer, LOOKUP)
    return { ...lookup, contents: contents.filter((one): one is ShareContent => has(one, CONTENT)) }
  }

  async network(): Promise<ShareNetwork> {
    return sound<ShareNetwork>(await this.#client.json({ path: `${PATH}/network` }), NETWORK)
  }

  /** From the member that answers, hop by hop. @throws RingTrouble SHARE_NAME_UNFIT, NOT_FOUND */
  async traceLookup(name: string): Promise<NetworkLookup> {
    const path = `${LOOKUPS_PATH}?${new URLSearchParams({ name }).toString()}`
    const answer = await this.#client.json({ path, patienceSeconds: LOOKUP_SECONDS })
    return sound<NetworkLookup>(answer, NETWORK_LOOKUP)
  }

  /** One of its last. @throws RingTrouble NOT_FOUND */
  async findLookup(number: number): Promise<NetworkLookup> {
    const answer = await this.#client.json({ path: `${LOOKUPS_PATH}/${number}` })
    return sound<NetworkLookup>(answer, NETWORK_LOOKUP)
  }

  /** One’s own, newest first. */
  async downloads(): Promise<readonly Download[]> {
    return listOf<Download>(await this.#client.json({ path: DOWNLOADS_PATH }), DOWNLOAD).items
  }

  /** @throws RingTrouble SHARE_UNKNOWN, SHARE_AMBIGUOUS, MAGNET_UNFIT, DOWNLOADS_FULL, ... */
  async download(body: NewDownload): Promise<Download> {
    const question = { path: DOWNLOADS_PATH, method: 'POST', body } as const
    const answer = await this.#client.json({ ...question, patienceSeconds: LOOKUP_SECONDS })
    return sound<Download>(answer, DOWNLOAD)
  }

  /** It is cancelled; one that is over is forgotten. */
  endDownload(id: string): Promise<void> {
    return this.#delete(downloadPath(id))
  }

  /** @throws RingTrouble NOT_FOUND, DOWNLOAD_OVER */
  async orderDownload(id: string, order: DownloadOrder): Promise<Download> {
    const path = `${downloadPath(id)}/${order}`
    const question = { path, method: 'POST', patienceSeconds: WRITING_SECONDS } as const
    return sound<Download>(await this.#client.json(question), DOWNLOAD)
  }

  async findDownload(id: string): Promise<Download> {
    return sound<Download>(await this.#client.json({ path: downloadPath(id) }), DOWNLOAD)
  }

  /** Tells how it stands whenever that has changed; see `watchOne`. */
  async watch(id: string, watcher: DownloadWatcher, signal: AbortSignal): Promise<void> {
    await watchOne({
      client: this.#client,
      path: `${downloadPath(id)}/events`,
      read: readDownload,
      ask: () => this.findDownload(id),
      isOver: ({ state }) => isDownloadOver(state),
      onTold: watcher.onDownload,
      onTrouble: watcher.onTrouble,
      signal,
    })
  }

  /** A door that died after it had done so leaves nothing for the next one. */
  async #delete(path: string): Promise<void> {
    try {
      await this.#client.json({ path, method: 'DELETE', patienceSeconds: WRITING_SECONDS })
    } catch (thrown) {
      if (!(thrown instanceof RingTrouble) || thrown.code !== 'NOT_FOUND') throw thrown
    }
  }
}

function pathOf(key: string): string {
  return `${PATH}/${encodeURIComponent(key)}`
}

function downloadPath(id: string): string {
  return `${DOWNLOADS_PATH}/${encodeURIComponent(id)}`
}

/** Where clients of BitTorrent get what they open. @param door origin of a member */
export function torrentAddress(door: string, id: string): string {
  return `${door}${pathOf(id)}/torrent`
}

function readDownload(text: string): Download | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (!has(value, DOWNLOAD)) throw unreadable()
    return value as Download
  } catch {
    return undefined
  }
}
