/**
 * Where programs that know nothing of anillo find the files: clients of FTP, and network drives.
 */

export interface FileDoors {
  /** Of the door for HTTP. */
  readonly url: string
  readonly ftp: string
}

export function filesAt({ ftp, url }: FileDoors): string {
  return `files for other programs: ${ftp} (FTP), ${url}/dav/ (WebDAV)`
}
