/**
 * A browser that draws one page at a time as a person would see it. It reaches nobody: whatever a
 * page asks for is put to `RenderOrder.answer`, and what nobody answers is not to be had.
 */

/** What of a page asks: the page itself, a frame in it, or what one of them needs. */
export type BrowserAsker = 'page' | 'frame' | 'resource'

export interface BrowserRequest {
  /** Absolute; of any scheme that is asked of somebody: http, https, ftp, ... */
  readonly url: string
  readonly method: string
  readonly asker: BrowserAsker
}

export interface BrowserAnswer {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  /** Decoded. */
  readonly body: Uint8Array
}

export interface RenderLimits {
  /** From the first request to the picture. */
  readonly wholeMs: number
  /** Loaded, and nothing asked for so long: the page has settled. */
  readonly quietMs: number
  /** A page that has not settled by then is taken as it is. */
  readonly settleMs: number
  /** Of the document, UTF-8. */
  readonly htmlBytesMax: number
  readonly width: number
  readonly height: number
  /** Of the picture, from the top of the page. */
  readonly pictureHeightMax: number
  readonly pictureBytesMax: number
  /** Resident memory of any one process that draws the page, where the system tells it. */
  readonly processBytesMax: number
  /** Of all processes of the browser, without what they have in common. */
  readonly allBytesMax: number
}

export interface RenderOrder {
  readonly url: string
  /** Whoever asks, at the end of the browser's own name. */
  readonly agent: string
  readonly limits: RenderLimits
  /** `undefined`: refused. The signal is aborted when the answer is not needed any more. */
  readonly answer: (
    request: BrowserRequest,
    signal: AbortSignal,
  ) => Promise<BrowserAnswer | undefined>
  readonly signal: AbortSignal
}

export interface Picture {
  readonly contentType: 'image/webp'
  readonly bytes: Uint8Array
  readonly width: number
  readonly height: number
  /** The page is longer. */
  readonly isCut: boolean
}

export interface Rendered {
  /** UTF-8, with open shadow trees as declarative ones. */
  readonly html: Uint8Array
  readonly title: string
  /** Absent where the page could not be painted within the bounds. */
  readonly picture: Picture | undefined
  /** It came to rest in time; else the page is as it was when the time was over. */
  readonly isSettled: boolean
  /** Errors of scripts, and what they wrote as errors. */
  readonly complaints: number
  /** Windows, dialogs and downloads that the page wanted, and did not get. */
  readonly denied: number
  /** `Chromium 150.0.1.2`. */
  readonly browser: string
}

export interface FoundBrowser {
  readonly path: string
  /** Of its program: `chromium`. */
  readonly name: string
}

export interface Browser {
  /** Looked for once; it is not started for that. `undefined`: there is none. */
  find(): Promise<FoundBrowser | undefined>
  /**
   * Started with the first order, and ended some time after the last.
   * @throws AnilloError RENDER_UNAVAILABLE (there is none, or it does not start), RENDER_FAILED
   */
  render(order: RenderOrder): Promise<Rendered>
  /** Ends it, and whatever it draws. */
  close(): Promise<void>
}
