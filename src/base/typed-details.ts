/** Details of errors that are somebody's or something's name: said in every language as typed. */
export const TYPED_DETAILS: ReadonlySet<string> = new Set([
  'nick',
  'name',
  'path',
  'host',
  'url',
  'value',
])
