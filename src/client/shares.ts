/** Shares with everybody outside, and downloads from there, through the REST API. */
import { Check } from 'typebox/value'

import { SECOND_MS } from '../base/limits.ts'
import { listed } from '../effects/listed.ts'
import {
  Download,
  DownloadList,
  Share,
  ShareList,
  ShareLookup,
  ShareNetwork,
  NetworkLookup,
  type DownloadOrder,
  type NewDownload,
  type NewShare,
} from '../wire/api-shares.ts'
import { isDownloadOver } from '../wire/download-states.ts'
import { eventTexts, parsedEvent } from './event-stream.ts'
import { Resource, type Asking } from './resource.ts'

/** The open network is asked, and what is told is written on a majority. */
const TIMEOUT_MS = 40 * SECOND_MS
const PAGE_ITEMS = 100
const RECONNECT_PAUSE_MS = 500
const PATH = '/v1/shares'
const DOWNLOADS_PATH = `${PATH}/downloads`

export class Shares extends Resource {
  readonly #asking: Asking
  readonly #pause: (delayMs: number) => Promise<void>

  constructor(asking: Asking, pause: (delayMs: number) => Promise<void>) {
    super(asking, TIMEOUT_MS)
    this.#asking = asking
    this.#pause = pause
  }

  /** Newest first. */
  list(): AsyncIterable<Share> {
    return listed((after) => this.get(ShareList, PATH, { limit: PAGE_ITEMS, ...after }))
  }

  /** By its id, or by the root of its content. @throws AnilloError NOT_FOUND */
  find(key: string): Promise<Share> {
    return this.get(Share, pathOf(key))
  }

  /**
   * @throws AnilloError NO_ENTRY, NO_ACCESS, SHARE_NAME_UNFIT, SHARE_NAME_TAKEN, SHARE_EMPTY,
   * SHARE_HASHING (ask again), QUOTA_FULL
   */
  share(body: NewShare): Promise<Share> {
    return this.ask(Share, { method: 'POST', path: PATH, body, as: 'somebody' })
  }

  /** The file stays. @throws AnilloError NOT_FOUND, FORBIDDEN */
  end(key: string): Promise<void> {
    return this.done({ method: 'DELETE', path: pathOf(key), as: 'somebody' })
  }

  /** For clients of BitTorrent v2. @throws AnilloError NOT_FOUND */
  torrent(key: string): Promise<Uint8Array> {
    const asked = { method: 'GET', path: `${pathOf(key)}/torrent`, timeoutMs: TIMEOUT_MS } as const
    return this.#asking.request(asked, async (response) => {
      return new Uint8Array(await response.arrayBuffer())
    })
  }

  /** Contents under a name, apart. @throws AnilloError SHARE_NAME_UNFIT */
  lookup(name: string): Promise<ShareLookup> {
    return this.get(ShareLookup, `${PATH}/lookup`, { name })
  }

  network(): Promise<ShareNetwork> {
    return this.get(ShareNetwork, `${PATH}/network`)
  }

  /** From that member’s node. @throws AnilloError NOT_FOUND where it has none */
  traceLookup(name: string): Promise<NetworkLookup> {
    return this.get(NetworkLookup, `${PATH}/network/lookups`, { name })
  }

  /** One of the last of that member’s node. @throws AnilloError NOT_FOUND */
  findLookup(number: number): Promise<NetworkLookup> {
    return this.get(NetworkLookup, `${PATH}/network/lookups/${number}`)
  }

  async downloads(): Promise<readonly Download[]> {
    return (await this.get(DownloadList, DOWNLOADS_PATH)).items
  }

  /**
   * @throws AnilloError SHARE_UNKNOWN, SHARE_AMBIGUOUS, MAGNET_UNFIT, DOWNLOADS_FULL, QUOTA_FULL
   */
  download(body: NewDownload): Promise<Download> {
    return this.ask(Download, { method: 'POST', path: DOWNLOADS_PATH, body, as: 'somebody' })
  }

  /** @throws AnilloError NOT_FOUND */
  findDownload(id: string): Promise<Download> {
    return this.get(Download, downloadPath(id))
  }

  /** @throws AnilloError NOT_FOUND, DOWNLOAD_OVER */
  orderDownload(id: string, order: DownloadOrder): Promise<Download> {
    const path = `${downloadPath(id)}/${order}`
    return this.ask(Download, { method: 'POST', path, as: 'somebody' })
  }

  /** It is cancelled; one that is over is forgotten. @throws AnilloError NOT_FOUND */
  endDownload(id: string): Promise<void> {
    return this.done({ method: 'DELETE', path: downloadPath(id), as: 'somebody' })
  }

  /** Whenever it moved, at whichever member answers, until it is over. @throws NOT_FOUND */
  async *watch(id: string, signal: AbortSignal): AsyncGenerator<Download> {
    const path = `${downloadPath(id)}/events`
    const headers = { accept: 'text/event-stream' }
    while (!signal.aborted) {
      const asked = { method: 'GET', path, headers, timeoutMs: TIMEOUT_MS, signal } as const
      const response = await this.#asking.request(asked, async (answer) => answer)
      for await (const text of eventTexts(response.body)) {
        const told = parsedEvent(text)
        if (!Check(Download, told)) continue
        yield told
        if (isDownloadOver(told.state)) return
      }
      if (!signal.aborted) await this.#pause(RECONNECT_PAUSE_MS)
    }
  }
}

function pathOf(key: string): string {
  return `${PATH}/${encodeURIComponent(key)}`
}

function downloadPath(id: string): string {
  return `${DOWNLOADS_PATH}/${encodeURIComponent(id)}`
}
