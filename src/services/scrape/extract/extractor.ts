/**
 * Extraction as services and gateways see it: from content that is kept, when somebody asks, in
 * worker threads. What was extracted last is remembered by content and rule: within one member, as
 * anybody can make it again.
 */
import { AnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import type { Workers } from '../../../effects/workers.ts'
import type { Extracted, ExtractSpec } from '../../../wire/api-extract.ts'
import { EXTRACT_CACHE_BYTES, EXTRACT_TIMEOUT_MS } from './extract-bounds.ts'
import type { ExtractSource } from './extract-page.ts'
import { EXTRACT_TASK, type ExtractAnswer, type ExtractQuestion } from './extract-task.ts'
import { checkSpec } from './selectors.ts'
import { TEXT_BYTES_MAX } from './text-bounds.ts'

export interface Extractor {
  /**
   * @param bytes the content, unpacked; of a long one the first TEXT_BYTES_MAX are enough
   * @throws AnilloError BAD_REQUEST (a selector that is none), TASK_ENDED, BUSY
   */
  extract(
    page: ExtractSource,
    bytes: Uint8Array,
    options: { readonly spec: ExtractSpec; readonly signal?: AbortSignal },
  ): Promise<Extracted>
}

export class WorkerExtractor implements Extractor {
  readonly #workers: Pick<Workers, 'run'>
  /** The longest unused first. */
  readonly #known = new Map<string, { readonly extracted: Extracted; readonly chars: number }>()
  #chars = 0

  constructor(workers: Pick<Workers, 'run'>) {
    this.#workers = workers
  }

  async extract(
    page: ExtractSource,
    bytes: Uint8Array,
    { signal, spec }: { readonly spec: ExtractSpec; readonly signal?: AbortSignal },
  ): Promise<Extracted> {
    checkSpec(spec)
    const question = questionOf(page, { bytes, spec })
    const key = sha256Hex(JSON.stringify([question.page, spec]))
    const known = this.#known.get(key)
    if (known !== undefined) {
      this.#known.delete(key)
      this.#known.set(key, known)
      return known.extracted
    }
    const limits = { timeoutMs: EXTRACT_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) }
    const answer = (await this.#workers.run(EXTRACT_TASK, question, limits)) as ExtractAnswer
    if (answer.kind === 'tooDeep') throw new AnilloError('TASK_ENDED', { limit: DEPTH })
    this.#remember(key, answer.extracted)
    return answer.extracted
  }

  #remember(key: string, extracted: Extracted): void {
    const chars = JSON.stringify(extracted).length
    if (chars > EXTRACT_CACHE_BYTES / 4 || this.#known.has(key)) return
    this.#known.set(key, { extracted, chars })
    this.#chars += chars
    for (const [oldest, { chars: of }] of this.#known) {
      if (this.#chars <= EXTRACT_CACHE_BYTES) break
      this.#known.delete(oldest)
      this.#chars -= of
    }
  }
}

const DEPTH = 'a page may nest its elements'

/** What of a page bears on what is extracted; its hash stands for its content. */
function questionOf(
  page: ExtractSource,
  { bytes, spec }: Pick<ExtractQuestion, 'bytes' | 'spec'>,
): ExtractQuestion {
  const { charset, contentType, finalUrl, hash, headers, id, title, url } = page
  const facts = { id, url, finalUrl, hash, contentType, charset, headers, title }
  return { page: facts, bytes: bytes.subarray(0, TEXT_BYTES_MAX), spec }
}
