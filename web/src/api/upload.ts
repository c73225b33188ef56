/** A file on its way to a door, as it is read from the disk. */
import type { Uploaded, UploadWay } from './ring-client.ts'

/** @param onSent is told how many bytes are on their way */
export function sendFile(
  file: Blob,
  { headers, showsAsker, url }: UploadWay,
  onSent: (bytes: number) => void,
): Promise<Uploaded> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open('POST', url)
    request.withCredentials = showsAsker
    request.setRequestHeader('content-type', 'application/octet-stream')
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded))
    request.addEventListener('loadend', () => {
      resolve({ status: request.status, text: request.responseText })
    })
    request.send(file)
  })
}
