/** The texts of the file manager in English. Their shape is what Spanish must fill. */
import type { UploadState } from '../files/upload-item.ts'
import type { SortField } from '../model/file-order.ts'
import type { NameFault } from '../model/file-paths.ts'
import { SHARING_EN, type SharingTexts } from './sharing.en.ts'

export interface FileTexts extends SharingTexts {
  readonly title: string
  readonly hint: string
  readonly trash: string
  readonly toFiles: string
  readonly root: string
  readonly crumbs: string
  readonly list: {
    readonly label: (folder: string) => string
    readonly help: string
    readonly fields: Readonly<Record<SortField, string>>
    readonly chosen: string
    readonly folder: string
    readonly entries: (count: string, isOne: boolean) => string
    readonly soFar: (count: string) => string
    readonly counted: (count: string, size: string, isOne: boolean) => string
    readonly empty: string
    readonly emptyHint: string
    readonly up: string
    readonly drop: (folder: string) => string
  }
  readonly actions: {
    readonly label: string
    readonly upload: string
    readonly uploadFolder: string
    readonly makeFolder: string
    readonly open: string
    readonly look: string
    readonly download: string
    readonly zip: string
    readonly rename: string
    readonly move: string
    readonly copy: string
    readonly share: string
    readonly everybody: string
    readonly link: string
    readonly versions: string
    readonly story: string
    readonly remove: string
    readonly none: string
    readonly close: string
    readonly cancel: string
    readonly refresh: string
  }
  readonly naming: {
    readonly label: string
    readonly make: string
    readonly rename: (name: string) => string
    readonly makeSubmit: string
    readonly renameSubmit: string
    readonly faults: Readonly<Record<NameFault, string>>
  }
  readonly placing: {
    readonly move: (what: string) => string
    readonly copy: (what: string) => string
    readonly tree: string
    readonly moveHere: (folder: string) => string
    readonly copyHere: (folder: string) => string
    readonly same: string
    readonly into: string
    readonly readOnly: string
    readonly things: (count: string) => string
  }
  readonly clash: {
    readonly title: string
    readonly told: (name: string) => string
    readonly folder: string
    readonly replace: string
    readonly replaceHint: string
    readonly both: string
    readonly skip: string
    readonly forAll: string
  }
  readonly told: {
    readonly removed: (what: string) => string
    readonly removedOf: (words: { readonly what: string; readonly owners: string }) => string
    readonly moved: (words: { readonly what: string; readonly folder: string }) => string
    readonly copied: (words: { readonly what: string; readonly folder: string }) => string
    readonly renamed: (name: string) => string
    readonly made: (name: string) => string
    readonly restored: (path: string) => string
    readonly undone: string
    readonly undo: string
    readonly dismiss: string
    readonly working: (words: { readonly done: string; readonly all: string }) => string
    readonly failedSome: (count: string) => string
  }
  readonly uploads: {
    readonly title: string
    readonly states: Readonly<Record<UploadState, string>>
    readonly sum: (words: { readonly done: string; readonly all: string }) => string
    readonly of: (words: { readonly sent: string; readonly size: string }) => string
    readonly rate: (rate: string) => string
    readonly left: (time: string) => string
    readonly bar: string
    readonly barOf: (name: string) => string
    readonly pause: (name: string) => string
    readonly resume: (name: string) => string
    readonly cancel: (name: string) => string
    readonly pauseAll: string
    readonly resumeAll: string
    readonly cancelAll: string
    readonly clear: string
    readonly more: (count: string) => string
    readonly show: string
    readonly hide: string
    readonly said: (words: { readonly done: string; readonly failed: string }) => string
    readonly reading: string
    readonly unreadFolder: string
    readonly damaged: string
    readonly unreadable: string
  }
  readonly preview: {
    readonly title: (name: string) => string
    readonly before: string
    readonly after: string
    readonly loading: string
    readonly none: string
    readonly large: (size: string) => string
    readonly cut: (words: { readonly shown: string; readonly size: string }) => string
    readonly noPdf: string
    readonly broken: string
    readonly text: (name: string) => string
  }
  readonly versions: {
    readonly title: (name: string) => string
    readonly hint: string
    readonly table: string
    readonly until: string
    readonly modified: string
    readonly size: string
    readonly by: string
    readonly none: string
    readonly restore: (time: string) => string
    readonly restoreShort: string
    readonly download: (time: string) => string
    readonly restored: (time: string) => string
  }
  /** Public ones. */
  readonly bin: {
    readonly title: string
    readonly hint: string
    readonly table: string
    readonly name: string
    readonly from: string
    readonly when: string
    readonly size: string
    readonly none: string
    readonly restore: (name: string) => string
    readonly restoreShort: string
    readonly empty: string
    readonly emptyQuestion: string
    readonly emptied: string
    readonly remove: string
    readonly removeName: (name: string) => string
    readonly removeQuestion: (name: string) => string
    readonly removed: (name: string) => string
  }
  readonly quota: {
    readonly label: string
    readonly used: (size: string) => string
    readonly usedOf: (words: { readonly used: string; readonly most: string }) => string
    readonly files: (count: string, isOne: boolean) => string
    readonly filesOf: (words: { readonly count: string; readonly most: string }) => string
    readonly drive: string
  }
}

const things = (count: string): string => `${count} things`

export const FILES_EN: FileTexts = {
  ...SHARING_EN,
  title: 'Files',
  hint: 'One tree over the whole ring: whichever member you ask, it is the same.',
  trash: 'Trash',
  toFiles: 'Back to the files',
  root: 'All files',
  crumbs: 'Where you are',
  list: {
    label: (folder) => `In ${folder}`,
    help: 'Arrow keys move, Space chooses, Enter opens, F2 renames, Delete deletes.',
    fields: { name: 'Name', bytes: 'Size', modifiedAt: 'Changed' },
    chosen: 'Chosen',
    folder: 'folder',
    entries: (count, isOne) => `${count} ${isOne ? 'entry' : 'entries'}`,
    soFar: (count) => `${count} entries so far …`,
    counted: (count, size) => `${count} chosen, ${size}`,
    empty: 'This folder is empty.',
    emptyHint: 'Drop files here, or press Upload.',
    up: 'To the folder above',
    drop: (folder) => `Drop to upload into ${folder}`,
  },
  actions: {
    label: 'What to do with what is chosen',
    upload: 'Upload files',
    uploadFolder: 'Upload a folder',
    makeFolder: 'New folder',
    open: 'Open',
    look: 'Preview',
    download: 'Download',
    zip: 'Download as zip',
    rename: 'Rename',
    move: 'Move',
    copy: 'Copy',
    share: 'Share',
    everybody: 'Share with everybody',
    link: 'Public link',
    versions: 'Versions',
    story: 'History',
    remove: 'Delete',
    none: 'Choose nothing',
    close: 'Close',
    cancel: 'Cancel',
    refresh: 'Look again',
  },
  naming: {
    label: 'Name',
    make: 'New folder',
    rename: (name) => `Rename “${name}”`,
    makeSubmit: 'Make it',
    renameSubmit: 'Rename',
    faults: {
      empty: 'Type a name.',
      dots: 'A name of dots alone means a folder that is there already: type another.',
      slash: 'A name has no “/”: make the folders one by one.',
      control: 'Take the line breaks and control characters out.',
      long: 'This is longer than 255 bytes: type a shorter name.',
      taken: 'Something here is called so already: type another name.',
    },
  },
  placing: {
    move: (what) => `Move ${what}`,
    copy: (what) => `Copy ${what}`,
    tree: 'Folders',
    moveHere: (folder) => `Move to ${folder}`,
    copyHere: (folder) => `Copy to ${folder}`,
    same: 'It is there already: choose another folder.',
    into: 'A folder cannot lie in itself: choose another one.',
    readOnly: 'You may only look into this folder: choose another one.',
    things,
  },
  clash: {
    title: 'The name is taken',
    told: (name) => `There is “${name}” already.`,
    folder: 'A folder is never replaced.',
    replace: 'Replace it',
    replaceHint: 'What a file held before stays among its versions.',
    both: 'Keep both',
    skip: 'Leave this one out',
    forAll: 'For all others, too',
  },
  told: {
    removed: (what) => `Deleted: ${what}.`,
    removedOf: ({ owners, what }) => `Deleted: ${what}. In the trash of ${owners}.`,
    moved: ({ what, folder }) => `Moved to ${folder}: ${what}.`,
    copied: ({ what, folder }) => `Copied to ${folder}: ${what}.`,
    renamed: (name) => `It is called “${name}” now.`,
    made: (name) => `The folder “${name}” is there.`,
    restored: (path) => `It is back at ${path}.`,
    undone: 'It is as it was before.',
    undo: 'Undo',
    dismiss: 'Dismiss',
    working: ({ done, all }) => `${done} of ${all} …`,
    failedSome: (count) => `Of ${count} it could not be done:`,
  },
  uploads: {
    title: 'Uploads',
    states: {
      waiting: 'waits',
      sending: 'on its way',
      settling: 'checking',
      paused: 'paused',
      broken: 'goes on by itself',
      clash: 'the name is taken',
      done: 'done',
      failed: 'failed',
    },
    sum: ({ done, all }) => `${done} of ${all} done`,
    of: ({ sent, size }) => `${sent} of ${size}`,
    rate: (rate) => `${rate}/s`,
    left: (time) => `about ${time} left`,
    bar: 'All uploads',
    barOf: (name) => `Upload of ${name}`,
    pause: (name) => `Pause the upload of ${name}`,
    resume: (name) => `Go on with the upload of ${name}`,
    cancel: (name) => `Cancel the upload of ${name}`,
    pauseAll: 'Pause all',
    resumeAll: 'Go on with all',
    cancelAll: 'Cancel all',
    clear: 'Clear the list',
    more: (count) => `and ${count} more`,
    show: 'Show the list',
    hide: 'Hide the list',
    said: ({ done, failed }) => `Uploads: ${done} done, ${failed} failed.`,
    reading: 'Looking through what was dropped …',
    unreadFolder:
      'A folder could not be read whole. Check that you may read it, and drop it again.',
    damaged: 'What arrived is not what was sent. Upload it again.',
    unreadable: 'The file changed or cannot be read any more. Choose it again.',
  },
  preview: {
    title: (name) => `Preview of ${name}`,
    before: 'The one before',
    after: 'The next one',
    loading: 'Loading …',
    none: 'A file of this kind is not shown here. Download it to open it.',
    large: (size) => `It is too large to be shown here (${size}). Download it to open it.`,
    cut: ({ shown, size }) => `The first ${shown} of ${size}. Download it to read all.`,
    noPdf: 'This browser shows no PDF. Download it to open it.',
    broken: 'This browser cannot show it. Download it to open it with something else.',
    text: (name) => `Text of ${name}`,
  },
  versions: {
    title: (name) => `Versions of ${name}`,
    hint: 'What the file held before, ten of them at most.',
    table: 'Versions',
    until: 'Replaced',
    modified: 'Changed',
    size: 'Size',
    by: 'By',
    none: 'There are none: this file was written once.',
    restore: (time) => `Restore the version replaced ${time}`,
    restoreShort: 'Restore',
    download: (time) => `Download the version replaced ${time}`,
    restored: (time) => `The file is again what it was until ${time}.`,
  },
  bin: {
    title: 'Trash',
    hint: 'What you deleted stays here for 30 days.',
    table: 'Trash',
    name: 'Name',
    from: 'Where it was',
    when: 'Deleted',
    size: 'Size',
    none: 'The trash is empty.',
    restore: (name) => `Restore ${name}`,
    restoreShort: 'Restore',
    empty: 'Empty the trash',
    emptyQuestion: 'Everything in the trash goes for good. It cannot be brought back.',
    emptied: 'The trash was emptied.',
    remove: 'Delete for good',
    removeName: (name) => `Delete for good: ${name}`,
    removeQuestion: (name) => `“${name}” goes for good. It cannot be brought back.`,
    removed: (name) => `“${name}” is gone for good.`,
  },
  quota: {
    label: 'Room used',
    used: (size) => `${size} used`,
    usedOf: ({ most, used }) => `${used} of ${most} used`,
    files: (count, isOne) => `${count} ${isOne ? 'file' : 'files'}`,
    filesOf: ({ count, most }) => `${count} of ${most} files`,
    drive: 'As a network drive (WebDAV):',
  },
}
