/** What a node of the Mainline DHT counts, since it was opened; each only grows. */

export interface MainlineCounts {
  asked: number
  answers: number
  unasked: number
  malformed: number
  questions: number
  forbidden: number
  overdrawn: number
  failures: number
  said: number
  found: number
}

export type MainlineCountName = keyof MainlineCounts

export function noCounts(): MainlineCounts {
  return {
    asked: 0,
    answers: 0,
    unasked: 0,
    malformed: 0,
    questions: 0,
    forbidden: 0,
    overdrawn: 0,
    failures: 0,
    said: 0,
    found: 0,
  }
}
