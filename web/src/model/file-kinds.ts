/** What a file is by its name, and how it can be looked at. Pure. */
import { partsOf } from './file-paths.ts'

export type PreviewKind = 'picture' | 'text' | 'pdf' | 'audio' | 'video'

const EXTENSIONS: Readonly<Record<PreviewKind, readonly string[]>> = {
  picture: ['apng', 'avif', 'bmp', 'gif', 'ico', 'jpeg', 'jpg', 'png', 'svg', 'webp'],
  // prettier-ignore
  text: [
    'bash', 'c', 'cfg', 'conf', 'cpp', 'cs', 'css', 'csv', 'diff', 'go', 'h', 'htm', 'html', 'ini',
    'java', 'js', 'json', 'jsonl', 'jsx', 'log', 'lua', 'md', 'mjs', 'patch', 'php', 'pl', 'py',
    'rb', 'rs', 'sh', 'sql', 'srt', 'tex', 'toml', 'ts', 'tsv', 'tsx', 'txt', 'vtt', 'xhtml', 'xml',
    'yaml', 'yml',
  ],
  pdf: ['pdf'],
  audio: ['aac', 'flac', 'm4a', 'mp3', 'oga', 'ogg', 'opus', 'wav', 'weba'],
  video: ['m4v', 'mkv', 'mov', 'mp4', 'ogv', 'webm'],
}

const KIND_OF = new Map<string, PreviewKind>(
  Object.entries(EXTENSIONS).flatMap(([kind, extensions]) =>
    extensions.map((one) => [one, kind as PreviewKind] as const),
  ),
)

/** Names of texts that bear no extension. */
const TEXT_NAMES = /^(?:readme|license|licence|makefile|dockerfile|changelog|copying|authors)$/i

/** Bytes by which `isText` knows. */
export const TEXT_SAMPLE_BYTES = 4_096

/** Of those that steer, tab, line feed, form feed and carriage return stand in texts. */
const NO_TEXT = /[^\t\n\f\r\P{Cc}]/u

/** Whether a file that begins so can be read by people: UTF-8, of which the end may be cut off. */
export function isText(beginning: Uint8Array): boolean {
  try {
    return !NO_TEXT.test(
      new TextDecoder('utf-8', { fatal: true }).decode(beginning, { stream: true }),
    )
  } catch {
    return false
  }
}

/** `undefined`: its name does not tell. */
export function previewKind(name: string): PreviewKind | undefined {
  const extension = partsOf(name).extension.split('.').at(-1)?.toLowerCase() ?? ''
  return KIND_OF.get(extension) ?? (TEXT_NAMES.test(name) ? 'text' : undefined)
}
