/** Of a path of the tree. */
export function fileAddress(path: string, door: 'files' | 'uploads' = 'files'): string {
  return `/v1/${door}${path.split('/').map(encodeURIComponent).join('/')}`
}
