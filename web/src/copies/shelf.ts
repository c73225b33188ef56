/** Where sealed copies lie. All that stands there in clear are ids and names made by chance. */

export interface SealedCopy {
  readonly about: Uint8Array<ArrayBuffer>
  readonly body: Uint8Array<ArrayBuffer>
}

/** Of one owner. What the browser refuses rejects with its own `DOMException`. */
export interface Shelf {
  abouts(): Promise<readonly { readonly id: string; readonly about: Uint8Array<ArrayBuffer> }[]>
  body(id: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Both or nothing. */
  put(id: string, copy: SealedCopy): Promise<void>
  remove(ids: readonly string[]): Promise<void>
  close(): void
}

export interface Shelves {
  /** Owners that have one. */
  owners(): Promise<readonly string[]>
  /** @param onGone it was deleted by another window, or taken away by the browser */
  open(owner: string, onGone: () => void): Promise<Shelf>
  drop(owner: string): Promise<void>
}
