/**
 * Metalink 4 (RFC 5854): all addresses at which a file is, and what its bytes must come to. Pure.
 */
import { instant } from '../../base/instant.ts'
import type { Member } from '../../wire/api.ts'
import { addressOf } from '../../wire/file-address.ts'
import type { Entry } from './types.ts'

export const METALINK_TYPE = 'application/metalink4+xml'
export const METALINK_END = '.meta4'

export type MetalinkDoors = readonly Pick<Member, 'url' | 'ftp' | 'state'>[]

/** A client that takes several of them at once gets the uplinks of several members together. */
export function metalinkOf(entry: Entry, members: MetalinkDoors): string {
  const { bytes, modifiedMs, name, path, sha256 } = entry
  const up = members.filter(({ state }) => state === 'up')
  const urls = [
    ...up.flatMap((one) => httpUrl(one, path)),
    ...up.flatMap((one) => ftpUrl(one, path)),
  ]
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<metalink xmlns="urn:ietf:params:xml:ns:metalink">',
    '  <generator>anillo</generator>',
    `  <updated>${instant(modifiedMs)}</updated>`,
    `  <file name="${escaped(name)}">`,
    `    <size>${bytes}</size>`,
    ...(sha256 === undefined ? [] : [`    <hash type="sha-256">${sha256}</hash>`]),
    ...urls.map((url) => `    <url priority="1">${escaped(url)}</url>`),
    '  </file>',
    '</metalink>',
    '',
  ].join('\n')
}

/** Some members have no door that can be reached from where it is asked. */
function httpUrl({ url }: MetalinkDoors[number], path: string): readonly string[] {
  return url === '' ? [] : [`${url.replace(/\/$/, '')}/v1/files${addressOf(path)}`]
}

function ftpUrl({ ftp }: MetalinkDoors[number], path: string): readonly string[] {
  if (ftp === null || ftp === '') return []
  // A path of FTP is told from where a log-in begins; from the root it is with `%2F` (RFC 1738,
  // 3.2.2).
  return [`${ftp.replace(/\/$/, '')}/%2F${addressOf(path).slice(1)}`]
}

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** XML 1.0 has no way to write the other control characters (2.2). */
function escaped(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (unit) => NAMED[unit] ?? unit)
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '_')
}
