/** The texts about accounts in English. Their shape is what the other languages must fill. */
import {
  NAME_CHARS_MAX,
  NICK_CHARS_MAX,
  PASSWORD_CHARS_MIN,
} from '../../../src/wire/account-texts.ts'
import type { AuditWhat } from '../../../src/wire/audit.ts'
import { PERMISSIONS, type AccountRole, type Permission } from '../../../src/wire/permissions.ts'

/** What was done, told after it. */
export type Done =
  | 'name'
  | 'password'
  /** Of somebody else. */
  | 'passwordOf'
  | 'role'
  | 'suspended'
  | 'active'
  | 'removed'
  | 'made'
  | 'groupMade'
  | 'ended'
  | 'keyRemoved'
  | 'copied'
  | 'limits'

export interface AccountTexts {
  readonly nick: string
  readonly name: string
  readonly password: string
  readonly roleWord: string
  readonly stateWord: string
  readonly nickHint: string
  readonly nameHint: string
  readonly passwordHint: string
  readonly reveal: string
  readonly conceal: string
  readonly working: string
  readonly keep: string
  readonly loading: string
  readonly again: string
  readonly more: string
  readonly logIn: string
  readonly logOut: string
  readonly yours: (nick: string) => string
  readonly menu: string
  readonly ring: string
  readonly toRing: string
  readonly views: Readonly<
    Record<
      | 'crawls'
      | 'archive'
      | 'copies'
      | 'files'
      | 'shared'
      | 'trash'
      | 'shares'
      | 'dweets'
      | 'account'
      | 'people'
      | 'audit',
      string
    >
  >
  readonly entering: {
    readonly login: string
    readonly register: string
    readonly submitRegister: string
    readonly toRegister: string
    readonly noAccount: string
    readonly toLogin: string
    readonly hasAccount: string
    /** People make no accounts themselves. */
    readonly closed: string
    readonly forgotten: string
    readonly first: string
    readonly ended: string
    readonly elsewhere: string
    readonly openThere: string
    readonly noCookies: string
    readonly welcome: (nick: string) => string
  }
  readonly denied: { readonly title: string; readonly sentence: (what: string) => string }
  readonly profile: {
    readonly title: string
    readonly saveName: string
    readonly passwordTitle: string
    readonly oldPassword: string
    readonly newPassword: string
    readonly savePassword: string
    readonly rights: string
    readonly may: string
    readonly mayNot: string
    readonly removeTitle: string
    readonly removeHint: string
    readonly remove: string
  }
  readonly sessions: {
    readonly title: string
    readonly hint: string
    readonly unnamed: string
    readonly isThis: string
    readonly times: (words: { begun: string; used: string }) => string
    readonly end: (client: string) => string
    readonly endShort: string
    readonly of: string
    readonly ofHint: string
    readonly none: string
    readonly here: string
    readonly everywhere: string
    readonly everywhereSure: string
  }
  readonly keys: {
    readonly title: string
    readonly hint: string
    readonly none: string
    readonly times: (words: { made: string; ends: string }) => string
    readonly never: string
    readonly remove: (name: string) => string
    readonly removeShort: string
    readonly removeSure: string
    readonly makeTitle: string
    readonly keyName: string
    readonly keyNameHint: string
    readonly permissions: string
    readonly noPermission: string
    readonly holdsFor: string
    readonly spans: Readonly<Record<'day' | 'month' | 'year' | 'ever', string>>
    readonly make: string
    readonly secret: string
    readonly secretHint: string
    readonly copy: string
    readonly stored: string
  }
  readonly people: {
    readonly title: string
    readonly table: string
    readonly since: string
    readonly grants: string
    readonly open: (nick: string) => string
    readonly isYou: string
    readonly find: string
    readonly findSubmit: string
    readonly makeTitle: string
    readonly make: string
    readonly close: string
    readonly rightsTitle: string
    readonly byRole: string
    /** Without an account, too. */
    readonly byAnybody: string
    readonly saveRights: string
    readonly states: Readonly<Record<'active' | 'suspended', string>>
    /** Too many guesses at its password. */
    readonly shutOut: (until: string) => string
    readonly suspendTitle: string
    readonly suspendHint: string
    readonly suspend: string
    readonly activateHint: string
    readonly activate: string
    readonly passwordTitle: string
    readonly remove: string
    readonly removeHint: string
    readonly removeSure: (nick: string) => string
    readonly own: string
  }
  readonly groups: {
    readonly title: string
    readonly mine: string
    readonly hint: string
    readonly none: string
    readonly about: (name: string, people: number) => string
    readonly nobody: string
    readonly nick: string
    readonly put: string
    readonly found: (count: number) => string
    readonly places: Readonly<Record<'member' | 'owner', string>>
    readonly placeOf: (nick: string) => string
    readonly drop: (nick: string) => string
    readonly leave: string
    readonly remove: string
    readonly removeOf: (name: string) => string
    readonly removeSure: (name: string) => string
    readonly makeTitle: string
    readonly name: string
    readonly nameHint: string
    readonly titleField: string
    readonly make: string
  }
  readonly quota: {
    readonly title: string
    readonly everybody: string
    readonly everybodyHint: string
    readonly used: (words: { readonly used: string; readonly most: string }) => string
    readonly files: (words: { readonly count: string; readonly most: string }) => string
    readonly noLimit: string
    readonly bytes: string
    readonly count: string
    readonly unit: string
    readonly kinds: Readonly<Record<'usual' | 'none' | 'most', string>>
    readonly save: string
  }
  readonly audit: {
    readonly title: string
    readonly hint: string
    readonly table: string
    readonly at: string
    readonly by: string
    readonly what: string
    readonly to: string
    readonly address: string
    readonly outcome: string
    readonly nobody: string
    readonly done: string
    readonly refused: string
    readonly none: string
    readonly older: string
    /** Whoever owns the directory of a member. */
    readonly owner: string
    readonly whats: Readonly<Record<AuditWhat, string>>
  }
  readonly done: Readonly<Record<Done, string>>
  readonly roles: Readonly<Record<AccountRole, string>>
  readonly roleHints: Readonly<Record<AccountRole, string>>
  readonly permissions: Readonly<Record<Permission, string>>
}

export const ACCOUNTS_EN: AccountTexts = {
  nick: 'Nick',
  name: 'Name',
  password: 'Password',
  roleWord: 'Role',
  stateWord: 'State',
  nickHint: `Letters from a to z, digits and “_”, at most ${NICK_CHARS_MAX}. It cannot be changed.`,
  nameHint: `How others see you, at most ${NAME_CHARS_MAX} characters. Without one it is the nick.`,
  passwordHint: `At least ${PASSWORD_CHARS_MIN} characters.`,
  reveal: 'Show',
  conceal: 'Hide',
  working: 'One moment …',
  keep: 'Rather not',
  loading: 'Loading …',
  again: 'Try again',
  more: 'Show more',
  logIn: 'Log in',
  logOut: 'Log out',
  yours: (nick) => `${nick}, your account`,
  menu: 'Views',
  ring: 'Ring',
  toRing: 'To the ring',
  views: {
    crawls: 'Crawls',
    archive: 'Pages kept',
    copies: 'In this browser',
    files: 'Files',
    shared: 'Shared with me',
    trash: 'Trash',
    shares: 'Sharing',
    dweets: 'Dweets',
    account: 'Your account',
    people: 'All accounts',
    audit: 'Audit log',
  },
  entering: {
    login: 'Log in',
    register: 'Make an account',
    submitRegister: 'Register',
    noAccount: 'No account yet?',
    toRegister: 'Make one',
    hasAccount: 'There is one already?',
    toLogin: 'Log in with it',
    closed: 'New accounts are made by an administrator here: ask one.',
    forgotten: 'Forgotten the password? An administrator can give you another.',
    first: 'Log in first to see this.',
    ended: 'Your session has ended. Log in again to go on.',
    elsewhere:
      'Your member does not answer. The one that does is on another machine, where this browser is not logged in.',
    openThere: 'Open its page and log in there',
    noCookies: 'The log-in was right, but this browser keeps no cookies of this page. Allow them.',
    welcome: (nick) => `Logged in as ${nick}.`,
  },
  denied: {
    title: 'Not for this account',
    sentence: (what) => `Your account may not ${what}. An administrator can allow it.`,
  },
  profile: {
    title: 'Your account',
    saveName: 'Save the name',
    passwordTitle: 'Password',
    oldPassword: 'Password so far',
    newPassword: 'New password',
    savePassword: 'Change the password',
    rights: 'What this account may do',
    may: 'may',
    mayNot: 'may not',
    removeTitle: 'Delete this account',
    removeHint: 'It cannot be brought back, and nobody can take its nick again.',
    remove: 'Delete it for good',
  },
  sessions: {
    title: 'Where you are logged in',
    hint: 'One that you end is refused at every machine from that moment.',
    unnamed: 'a program without a name',
    isThis: 'this one',
    times: ({ begun, used }) => `since ${begun}, last used ${used}`,
    end: (client) => `End the session of ${client}`,
    endShort: 'End',
    of: 'Where it is logged in',
    ofHint: 'A session that you end is refused at every machine from that moment.',
    none: 'It is logged in nowhere.',
    here: 'Log out here',
    everywhere: 'Log out everywhere',
    everywhereSure: 'It ends all your sessions, at every machine, this one too.',
  },
  keys: {
    title: 'Keys for programs',
    hint: 'A key lets a program in without your password, for as little as you allow. Use it as a bearer token, or in place of the password.',
    none: 'There are none.',
    times: ({ made, ends }) => `made ${made}, ends ${ends}`,
    never: 'never',
    remove: (name) => `Remove the key ${name}`,
    removeShort: 'Remove',
    removeSure: 'Its program is refused from then on.',
    makeTitle: 'Make a key',
    keyName: 'What it is for',
    keyNameHint: 'Such as “backup at home”.',
    permissions: 'It may',
    noPermission: 'Choose at least one thing that it may do.',
    holdsFor: 'It holds',
    spans: { day: 'a day', month: '30 days', year: 'a year', ever: 'until it is removed' },
    make: 'Make the key',
    secret: 'The key',
    secretHint: 'Copy it: it is shown only this once.',
    copy: 'Copy',
    stored: 'I have it',
  },
  people: {
    title: 'All accounts',
    table: 'Accounts of the ring',
    since: 'Since',
    grants: 'Also may',
    open: (nick) => `Open the account ${nick}`,
    isYou: 'you',
    find: 'Open an account by its nick',
    findSubmit: 'Open',
    makeTitle: 'Make an account for somebody',
    make: 'Make it',
    close: 'Close',
    rightsTitle: 'Role and rights',
    byRole: 'by its role',
    byAnybody: 'anybody may, on this machine',
    saveRights: 'Save role and rights',
    states: { active: 'active', suspended: 'suspended' },
    shutOut: (until) =>
      `Shut out until ${until}: too many wrong passwords. With a new password it can log in at once.`,
    suspendTitle: 'Access',
    suspendHint:
      'A suspended account is logged out everywhere and cannot log in; its keys are refused meanwhile.',
    suspend: 'Suspend',
    activateHint: 'This account is suspended: it cannot log in.',
    activate: 'Let it in again',
    passwordTitle: 'New password',
    remove: 'Delete this account',
    removeHint: 'It cannot be brought back, and nobody can take its nick again.',
    removeSure: (nick) => `Delete ${nick} for good?`,
    own: 'This is your own account. Its password and its end are under “Your account”.',
  },
  groups: {
    title: 'Groups',
    mine: 'Your groups',
    hint: 'Files and folders can be shared with a group; who comes or goes counts at once.',
    none: 'There are no groups yet.',
    about: (name, people) => `${name}, ${people === 1 ? '1 person' : `${people} people`}`,
    nobody: 'Nobody is in it.',
    nick: 'Nick of an account',
    put: 'Put in',
    found: (count) => (count === 1 ? '1 suggestion' : `${count} suggestions`),
    places: { member: 'member', owner: 'owner' },
    placeOf: (nick) => `What ${nick} is in the group`,
    drop: (nick) => `Take ${nick} out of the group`,
    leave: 'Leave the group',
    remove: 'Delete the group',
    removeOf: (name) => `Delete the group ${name}`,
    removeSure: (name) =>
      `Delete ${name} for good? What was shared with it is shared with nobody by it, and its name is not given again.`,
    makeTitle: 'Make a group',
    name: 'Name',
    nameHint: '1 to 30 letters from a to z, digits, “_” and “-”; it stays.',
    titleField: 'Title, as people read it',
    make: 'Make it',
  },
  quota: {
    title: 'Room for files',
    everybody: 'Room for the files of everybody',
    everybodyHint: 'Counts for accounts that have no limit of their own.',
    used: ({ most, used }) => `${used} stored, of ${most}`,
    files: ({ count, most }) => `${count} files, of ${most}`,
    noLimit: 'any number',
    bytes: 'May store',
    count: 'Number of files',
    unit: 'files',
    kinds: { usual: 'as everybody', none: 'without limit', most: 'at most' },
    save: 'Save the limits',
  },
  audit: {
    title: 'Audit log',
    hint: 'Who did what that concerns security, the latest first.',
    table: 'Audit log, the latest first',
    at: 'When',
    by: 'Who',
    what: 'What',
    to: 'To',
    address: 'From',
    outcome: 'Outcome',
    nobody: 'nobody',
    owner: 'the owner of a member’s directory',
    done: 'done',
    refused: 'refused',
    none: 'Nothing has been written down yet.',
    older: 'Show older',
    whats: {
      'session.begin': 'Log-in',
      'session.end': 'Session ended',
      'session.endAll': 'Logged out everywhere',
      'session.stolen': 'Stolen session ended',
      'user.register': 'Account made',
      'user.password': 'Password changed',
      'user.role.administrator': 'Made an administrator',
      'user.role.operator': 'Made an operator',
      'user.role.moderator': 'Made a moderator',
      'user.role.member': 'Made a member',
      'user.rights': 'Rights given (+) or taken (-)',
      'user.suspended': 'Account suspended',
      'user.active': 'Account let in again',
      'user.remove': 'Account deleted',
      'group.make': 'Group made',
      'group.remove': 'Group deleted',
      'group.join': 'Put into a group',
      'group.owner': 'Made owner of a group',
      'group.leave': 'Left, or taken out of, a group',
      'key.make': 'Key made',
      'key.remove': 'Key removed',
      'token.make': 'Join token made',
      'member.admit': 'Machine let in',
      'member.drain': 'Member to be emptied',
      'member.undrain': 'Member taken back',
      'member.remove': 'Member taken out',
      'authority.rotate': 'Authority of the ring changed',
      'setting.change': 'Setting of the ring changed',
      'backup.begin': 'Backup taken',
      'page.remove': 'Page taken away with its versions',
      'link.make': 'Public link made',
      'link.change': 'Public link changed',
      'link.revoke': 'Public link revoked',
      'dweets.dismiss': 'Report of dweets dismissed',
      'dweets.remove': 'Dweet removed by a moderator',
      'dweets.warn': 'Warning of a moderator on a dweet',
      'dweets.limit': 'Dweets limited to followers',
      'dweets.suspend': 'Suspended from dweeting',
      'dweets.lift': 'May dweet as before',
      'dweets.inspect': 'Attachment of a reported dweet opened',
    },
  },
  done: {
    name: 'The name is changed.',
    password: 'The password is changed, and all other sessions are ended.',
    passwordOf: 'The password is changed, and the account is logged out everywhere.',
    role: 'Saved; it counts at once, also where the account is logged in.',
    suspended: 'Suspended, and logged out everywhere.',
    active: 'The account can log in again.',
    removed: 'Deleted.',
    made: 'The account is made.',
    groupMade: 'The group is made.',
    ended: 'The session is ended.',
    keyRemoved: 'The key is removed.',
    copied: 'Copied.',
    limits: 'Saved; it counts at every member within five seconds.',
  },
  roles: {
    administrator: 'administrator',
    operator: 'operator',
    moderator: 'moderator',
    member: 'member',
    guest: 'guest',
  },
  roleHints: {
    administrator: 'Everything, and gives others rights.',
    operator: 'Keeps the ring running; gives nobody rights.',
    moderator: 'Uses the services, and decides what people report of dweets.',
    member: 'Uses the services.',
    guest: 'Looks, without an account.',
  },
  permissions: PERMISSIONS,
}
