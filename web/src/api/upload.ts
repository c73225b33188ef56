/** A file on its way to a door, as it is read from the disk. */
import type { Uploaded, UploadWay } from './ring-client.ts'

export interface Sending {
  readonly way: UploadWay
  readonly method: 'POST' | 'PUT' | 'PATCH'
  readonly signal?: AbortSignal
  /** How many bytes are on their way. */
  readonly onSent: (bytes: number) => void
}

/** @param onSent is told how many bytes are on their way */
export function sendFile(
  file: Blob,
  { headers, ...way }: UploadWay,
  onSent: (bytes: number) => void,
): Promise<Uploaded> {
  const typed = { ...headers, 'content-type': 'application/octet-stream' }
  return sendBytes(file, { way: { ...way, headers: typed }, method: 'POST', onSent })
}

/** `fetch` does not tell how far it is. */
export function sendBytes(
  bytes: Blob,
  { method, onSent, signal, way }: Sending,
): Promise<Uploaded> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open(method, way.url)
    request.withCredentials = way.showsAsker
    for (const [name, value] of Object.entries(way.headers)) request.setRequestHeader(name, value)
    request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded))
    const abort = (): void => request.abort()
    signal?.addEventListener('abort', abort, { once: true })
    request.addEventListener('loadend', () => {
      signal?.removeEventListener('abort', abort)
      const digest = request.status === 0 ? null : request.getResponseHeader('repr-digest')
      resolve({
        status: request.status,
        text: request.responseText,
        ...(digest === null ? {} : { digest }),
      })
    })
    // What was never begun ends without a word.
    if (signal?.aborted === true) resolve({ status: 0, text: '' })
    else request.send(bytes)
  })
}
