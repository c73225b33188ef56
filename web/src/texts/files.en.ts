/** The texts of the file manager in English. Their shape is what Spanish must fill. */
import type { FileActName } from '../../../src/wire/file-acts.ts'
import type { UploadState } from '../files/upload-item.ts'
import type { SortField } from '../model/file-order.ts'
import type { NameFault } from '../model/file-paths.ts'

export interface FileTexts {
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
  readonly links: {
    readonly title: (name: string) => string
    readonly hint: string
    readonly mine: string
    readonly mineHint: string
    readonly make: string
    readonly made: string
    readonly until: string
    readonly ever: string
    readonly downloads: string
    readonly downloadsMax: string
    readonly of: (count: string, most: string) => string
    readonly password: string
    readonly passwordHint: (least: number, most: number) => string
    readonly locked: string
    readonly copy: string
    readonly copyOf: (time: string) => string
    readonly copied: string
    readonly revoke: string
    readonly revokeOf: (time: string) => string
    readonly revokeQuestion: string
    readonly ofAll: string
    readonly by: string
    readonly change: string
    readonly changeOf: (time: string) => string
    readonly untilHint: string
    readonly downloadsMore: string
    readonly moreHint: string
    readonly noDownloadsMax: string
    readonly newPassword: string
    readonly passwordStays: (least: number, most: number) => string
    readonly noPassword: string
    readonly table: string
    readonly to: string
    readonly state: string
    readonly states: Readonly<Record<'open' | 'expired' | 'spent' | 'gone', string>>
    readonly none: string
  }
  readonly shared: {
    readonly title: string
    readonly hint: string
    readonly name: string
    readonly owner: string
    readonly forWhom: string
    readonly you: string
    readonly group: (name: string) => string
    readonly right: string
    readonly since: string
    readonly size: string
    readonly look: (name: string) => string
    readonly none: string
  }
  readonly story: {
    readonly title: (name: string) => string
    readonly hint: string
    readonly folderHint: string
    readonly table: string
    readonly at: string
    readonly by: string
    readonly guest: string
    readonly what: string
    readonly path: string
    readonly door: string
    readonly older: string
    readonly none: string
    readonly whats: Readonly<Record<FileActName, string>>
  }
  readonly share: {
    readonly title: (name: string) => string
    readonly hint: string
    readonly fileHint: string
    readonly asAbove: string
    readonly own: string
    readonly everyone: string
    readonly guests: string
    readonly people: string
    readonly group: string
    readonly others: string
    readonly found: (count: number) => string
    readonly nick: string
    readonly add: string
    readonly remove: (name: string) => string
    readonly access: (name: string) => string
    readonly rights: Readonly<Record<'nothing' | 'read' | 'write' | 'own', string>>
    readonly save: string
    readonly saved: string
    readonly needsName: string
    /** The person could not change it again. */
    readonly shutsOut: string
  }
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
    readonly files: (count: string) => string
    readonly filesOf: (words: { readonly count: string; readonly most: string }) => string
    readonly drive: string
  }
}

const things = (count: string): string => `${count} things`

export const FILES_EN: FileTexts = {
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
  links: {
    title: (name) => `Public link to ${name}`,
    hint: 'Whoever has the link sees and downloads this, without an account, and changes nothing.',
    mine: 'My public links',
    mineHint: 'Whoever has one of them sees and downloads what it leads to, without an account.',
    make: 'Make a link',
    made: 'The new link',
    until: 'Works until',
    ever: 'it is revoked',
    downloads: 'Downloads',
    downloadsMax: 'Downloads at most',
    of: (count, most) => `${count} of ${most}`,
    password: 'Password',
    passwordHint: (least, most) => `May be left empty; else ${least} to ${most} characters.`,
    locked: 'with a password',
    copy: 'Copy link',
    copyOf: (time) => `Copy link made ${time}`,
    copied: 'Copied.',
    revoke: 'Revoke',
    revokeOf: (time) => `Revoke the link made ${time}`,
    revokeQuestion: 'Nobody gets in by this link any more, and it cannot be brought back.',
    ofAll: 'Links of everybody',
    by: 'Made by',
    change: 'Change',
    changeOf: (time) => `Change the link made ${time}`,
    untilHint: 'Empty: until it is revoked.',
    downloadsMore: 'More downloads',
    moreHint: 'So many from now on. Empty: as it is.',
    noDownloadsMax: 'As many as wanted',
    newPassword: 'Another password',
    passwordStays: (least, most) => `Empty: as it is; else ${least} to ${most} characters.`,
    noPassword: 'Without a password',
    table: 'List of public links',
    to: 'Leads to',
    state: 'State',
    states: {
      open: 'Works',
      expired: 'Expired',
      spent: 'Used up',
      gone: 'Leads nowhere',
    },
    none: 'There are no links yet.',
  },
  shared: {
    title: 'Shared with me',
    hint: 'What others share with you, or with a group that you are in.',
    name: 'Name',
    owner: 'Whose',
    forWhom: 'For',
    you: 'you',
    group: (name) => `the group ${name}`,
    right: 'You may',
    since: 'Shared',
    size: 'Size',
    look: (name) => `Preview ${name}`,
    none: 'Nobody shares anything with you by name yet.',
  },
  story: {
    title: (name) => `History of ${name}`,
    hint: 'Who changed the file, for 30 days, the latest first. What was only read is not here.',
    folderHint: 'Who changed what in the folder, for 30 days, the latest first.',
    table: 'History',
    at: 'When',
    by: 'Who',
    guest: 'a guest',
    what: 'What',
    path: 'Where',
    door: 'By way of',
    older: 'Show older',
    none: 'Nothing was noted in the last 30 days.',
    whats: {
      'file.write': 'Content written',
      'file.combine': 'Made of several files',
      'file.restoreVersion': 'Earlier content brought back',
      'folder.make': 'Folder made',
      'folder.remove': 'Empty folder removed',
      'entry.remove': 'Put into the trash',
      'entry.move': 'Moved or renamed',
      'entry.copy': 'Copied',
      'entry.touch': 'Time or mode set',
      'entry.share': 'Rights changed',
      'trash.restore': 'Brought back from the trash',
      'trash.remove': 'Removed from the trash for good',
      'trash.empty': 'Trash emptied',
      'limits.set': 'Limits set',
    },
  },
  share: {
    title: (name) => `Share ${name}`,
    hint: 'It holds for all that is in the folder, until something in it says otherwise.',
    fileHint: 'It holds for this file alone, whatever its folder says.',
    asAbove: 'As in the folder above',
    own: 'As I say here',
    everyone: 'With an account',
    guests: 'Guests, without one',
    people: 'People and groups',
    group: 'group',
    others: 'Everybody else',
    found: (count) => (count === 1 ? '1 suggestion' : `${count} suggestions`),
    nick: 'Nick, or name of a group',
    add: 'Add',
    remove: (name) => `Take ${name} off the list`,
    access: (name) => `What ${name} may do`,
    rights: { nothing: 'nothing', read: 'look', write: 'look and change', own: 'all, and share' },
    save: 'Save',
    saved: 'Saved.',
    needsName: 'Type the nick of an account, or “group:” and the name of a group.',
    shutsOut: 'You would lock yourself out: put yourself on the list with “all, and share”.',
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
    files: (count) => `${count} files`,
    filesOf: ({ count, most }) => `${count} of ${most} files`,
    drive: 'As a network drive (WebDAV):',
  },
}
