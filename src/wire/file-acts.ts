/** What is noted of acts on files. Pages have words for each in every language. */
export const FILE_ACTS = [
  'file.write',
  'file.combine',
  'file.restoreVersion',
  'folder.make',
  'folder.remove',
  'entry.remove',
  'entry.move',
  'entry.copy',
  'entry.touch',
  'entry.share',
  'trash.restore',
  'trash.remove',
  'trash.empty',
  'limits.set',
  'share.make',
  'share.end',
  'download.keep',
] as const

/** `subject.verb`. */
export type FileActName = (typeof FILE_ACTS)[number]

/** Whether there are words for it. */
export function isFileAct(text: string): text is FileActName {
  return FILE_ACTS.some((name) => name === text)
}
