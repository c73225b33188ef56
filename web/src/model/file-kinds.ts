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

/** `undefined`: it can only be saved. */
export function previewKind(name: string): PreviewKind | undefined {
  const extension = partsOf(name).extension.split('.').at(-1)?.toLowerCase() ?? ''
  return KIND_OF.get(extension) ?? (TEXT_NAMES.test(name) ? 'text' : undefined)
}
