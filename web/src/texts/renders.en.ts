/** Texts about pages as a browser drew them, in English, and their shape. */
import type { RefusedWhy } from '../../../src/wire/api-render.ts'

export interface RenderTexts {
  readonly tab: string
  /** Beside the field for addresses. */
  readonly option: string
  readonly nobody: string
  readonly none: string
  readonly ask: string
  readonly again: string
  readonly picture: (words: { readonly page: string; readonly at: string }) => string
  readonly unpainted: string
  readonly region: string
  readonly zoomIn: string
  readonly zoomOut: string
  readonly cut: (height: string) => string
  readonly told: (words: {
    readonly at: string
    readonly browser: string
    readonly duration: string
  }) => string
  readonly asked: (words: {
    readonly requests: number
    readonly refused: number
    readonly failed: number
  }) => string
  readonly unsettled: string
  readonly refusals: string
  readonly why: Readonly<Record<RefusedWhy, string>>
  readonly save: string
  readonly saveDocument: string
  readonly source: string
}

export const RENDERS_EN: RenderTexts = {
  tab: 'Screenshot',
  option: 'Render in a browser',
  nobody: 'No member of the ring has a browser. Install Chromium on one, and start it again.',
  none: 'Nobody has had this version rendered. A browser of the ring runs its scripts, and keeps what comes of it.',
  ask: 'Render it',
  again: 'Render anew',
  picture: ({ at, page }) => `The page ${page} as a browser painted it on ${at}`,
  unpainted: 'The page could not be painted; its document is here.',
  region: 'The page as a browser painted it',
  zoomIn: 'Actual size',
  zoomOut: 'Fit the width',
  cut: (height) => `The page is longer; its first ${height} pixels are shown.`,
  told: ({ at, browser, duration }) => `${browser}, ${at}, in ${duration}.`,
  asked: ({ failed, refused, requests }) =>
    `It asked for ${requests} ${requests === 1 ? 'thing' : 'things'}` +
    `${refused === 0 ? '' : `, ${refused} refused`}${failed === 0 ? '' : `, ${failed} not to be had`}.`,
  unsettled: 'It did not come to rest, and was taken as it was.',
  refusals: 'What was refused',
  why: {
    method: 'would have sent something',
    navigation: 'leads to another page',
    address: 'not to be downloaded from',
    loopback: 'on this computer',
    robots: 'robots.txt forbids it',
    limit: 'too much',
  },
  save: 'Save the picture',
  saveDocument: 'Save the document',
  source: 'Document after its scripts ran',
}
