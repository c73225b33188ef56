/** What views share: the texts and formats of the language in use. */
import { useMemo } from 'preact/hooks'

import { UNREADABLE } from '../api/ring-client.ts'
import { formatBytes, formatDuration, formatInstant } from '../model/format.ts'
import { useCell } from '../state/cell.ts'
import { useSession } from '../state/session.ts'
import type { Texts } from '../texts/en.ts'
import { sentence, TEXTS, type Language, type Trouble } from '../texts/texts.ts'

export interface Words {
  readonly language: Language
  readonly texts: Texts
  readonly bytes: (bytes: number) => string
  readonly duration: (durationMs: number) => string
  readonly instant: (instant: string) => string
  readonly trouble: (trouble: Trouble) => string
}

export function wordsOf(language: Language): Words {
  const texts = TEXTS[language]
  // The person's own region, where they have one of this language, writes numbers and dates.
  const region = navigator.languages.find((tag) => tag.startsWith(language)) ?? language
  return {
    language,
    texts,
    bytes: (bytes) => formatBytes(bytes, region),
    duration: (durationMs) => formatDuration(durationMs, region),
    instant: (instant) => formatInstant(instant, region),
    trouble: (trouble) =>
      trouble.code === UNREADABLE
        ? texts.problem.UNREADABLE
        : sentence(language, trouble) || texts.problem.INTERNET,
  }
}

export function useWords(): Words {
  const language = useCell(useSession().language)
  return useMemo(() => wordsOf(language), [language])
}
