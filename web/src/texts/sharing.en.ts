/** The texts of sharing, links and the history of files in English; a part of `FileTexts`. */
import type { FileActName } from '../../../src/wire/file-acts.ts'

export interface SharingTexts {
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
    /** @param folder where it is said */
    readonly now: (folder: string) => string
    readonly nobody: string
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
}

export const SHARING_EN: SharingTexts = {
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
      'share.make': 'Shared with everybody',
      'share.end': 'Shared with everybody no more',
      'download.keep': 'Downloaded from another ring',
    },
  },
  share: {
    title: (name) => `Share ${name}`,
    hint: 'It holds for all that is in the folder, until something in it says otherwise.',
    fileHint: 'It holds for this file alone, whatever its folder says.',
    asAbove: 'As in the folder above',
    now: (folder) => `Who may, as “${folder}” says`,
    nobody: 'Only those who manage all files.',
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
}
