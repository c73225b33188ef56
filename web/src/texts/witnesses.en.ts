/** Texts about what several members saw of a page in English, and their shape. */
export interface WitnessTexts {
  readonly tab: string
  readonly none: string
  readonly ask: (count: number) => string
  readonly agree: (words: { readonly agree: number; readonly asked: number }) => string
  readonly sound: string
  readonly unsound: string
  readonly few: (words: { readonly told: number; readonly asked: number }) => string
  readonly differ: string
  readonly table: string
  readonly member: string
  readonly at: string
  readonly from: string
  readonly saw: string
  readonly same: string
  readonly other: (words: { readonly status: number; readonly bytes: string }) => string
  readonly authority: string
  readonly save: string
  readonly hint: string
}

export const WITNESSES_EN: WitnessTexts = {
  tab: 'Witnesses',
  none: 'One member alone has seen this. Several can see it together, and sign what they saw.',
  ask: (count) => `Have ${count} members see it`,
  agree: ({ agree, asked }) => `${agree} of ${asked} members saw the same.`,
  sound: 'Each signed what it saw, and all signatures hold.',
  unsound: 'What is kept here does not hold: it was changed, or it is not of this ring.',
  few: ({ told, asked }) => `Only ${told} of ${asked} could see the page.`,
  differ: 'They saw different things: the page may differ from one request to the next.',
  table: 'Who saw what',
  member: 'Member',
  at: 'When',
  from: 'Answered by',
  saw: 'Saw',
  same: 'the same',
  other: ({ status, bytes }) => `another: status ${status}, ${bytes}`,
  authority: 'Authority (SHA-256)',
  save: 'Save the testimony',
  hint: 'Anybody can check it without the ring: anillo pages verify.',
}
