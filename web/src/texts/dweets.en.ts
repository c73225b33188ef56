/** The texts of the microblog in English. Their shape is what Spanish must fill. */
import type { NotificationKind } from '../../../src/wire/api-dweets.ts'
import { DWEET_PEOPLE_EN, type DweetPeopleTexts } from './dweets-people.en.ts'
import { OWN_DATA_EN, type OwnDataTexts } from './own-data.en.ts'

type Places = 'home' | 'local' | 'search' | 'bookmarks' | 'notifications' | 'profile' | 'settings'

export interface DweetTexts extends DweetPeopleTexts {
  readonly title: string
  readonly hint: string
  readonly nav: string
  readonly places: Readonly<Record<Places, string>>
  readonly titles: {
    readonly local: string
    readonly tag: (tag: string) => string
    readonly thread: string
    readonly person: (nick: string) => string
    readonly followers: (nick: string) => string
    readonly following: (nick: string) => string
  }
  readonly unseen: (count: string) => string
  readonly news: {
    readonly title: string
    readonly told: (count: number) => string
    readonly jump: (count: number) => string
    readonly catchUp: string
    readonly older: string
    readonly none: string
    readonly noneHint: string
    readonly noneOlder: string
  }
  readonly list: {
    readonly none: string
    readonly incomplete: (nicks: string) => string
    readonly incompleteOthers: string
    readonly noBookmarks: string
    readonly noneFound: string
    readonly nobody: string
  }
  readonly compose: {
    readonly label: string
    readonly reply: (nick: string) => string
    readonly edit: string
    readonly left: (count: number) => string
    readonly over: (count: number) => string
    readonly warning: string
    readonly warningHint: string
    readonly visibility: string
    readonly visibilities: Readonly<Record<'public' | 'followers', string>>
    readonly more: string
    readonly preview: string
    readonly publish: string
    readonly save: string
    readonly cancel: string
    readonly published: string
    readonly waits: string
    readonly changed: string
  }
  readonly attach: {
    readonly list: string
    readonly choose: string
    readonly fromFiles: string
    readonly hint: string
    readonly full: string
    readonly describe: (name: string) => string
    readonly said: (name: string, description: string | undefined) => string
    readonly remove: (name: string) => string
    readonly sending: (name: string) => string
    readonly broken: string
    readonly open: (what: string) => string
    readonly picture: (number: number, of: number) => string
    readonly before: string
    readonly after: string
    readonly whole: string
    readonly close: string
    readonly pick: string
    readonly up: string
    readonly noFiles: string
    readonly moreFiles: string
  }
  readonly unsent: {
    readonly title: string
    readonly waits: string
    readonly old: string
    readonly discard: string
  }
  readonly dweet: {
    readonly by: (name: string) => string
    readonly answers: (nick: string) => string
    readonly forFollowers: string
    readonly edited: string
    readonly history: string
    readonly writtenAt: (instant: string) => string
    readonly gone: string
    readonly hidden: string
    readonly unredweet: string
    readonly unredweeted: string
    readonly notHere: string
    readonly imported: string
    readonly unseenAbove: string
    readonly show: string
    readonly hide: string
    readonly warned: (warning: string) => string
    readonly reply: string
    readonly redweet: string
    readonly like: string
    readonly bookmark: string
    readonly edit: string
    readonly remove: string
    readonly removeAsked: string
    readonly removed: string
    readonly open: string
  }
  readonly profile: {
    readonly joined: (date: string) => string
    readonly dweets: (count: string) => string
    readonly followers: (count: string) => string
    readonly following: (count: string) => string
    readonly follow: string
    readonly unfollow: string
    readonly mute: string
    readonly unmute: string
    readonly block: string
    readonly unblock: string
    readonly blockAsked: (nick: string) => string
    readonly followsYou: string
    readonly muted: string
    readonly blocked: string
    readonly bio: string
    readonly changeBio: string
    readonly label: (nick: string) => string
    readonly list: (nick: string) => string
  }
  readonly search: {
    readonly label: string
    readonly hint: string
    readonly submit: string
    readonly results: (words: string) => string
  }
  readonly notifications: {
    readonly kinds: Readonly<Record<NotificationKind, (name: string) => string>>
    readonly none: string
    readonly clear: string
    readonly clearAsked: string
  }
  readonly own: OwnDataTexts
  readonly keys: {
    readonly title: string
    readonly rows: readonly (readonly [key: string, does: string])[]
  }
}

const one = (count: number, single: string, many: string): string =>
  `${count} ${count === 1 ? single : many}`

export const DWEETS_EN: DweetTexts = {
  ...DWEET_PEOPLE_EN,
  title: 'Dweets',
  hint: 'What those publish whom you follow. What you have not seen stands first.',
  nav: 'Dweets',
  places: {
    home: 'Home',
    local: 'Everybody',
    search: 'Search',
    bookmarks: 'Bookmarks',
    notifications: 'Notifications',
    profile: 'Your profile',
    settings: 'Settings',
  },
  titles: {
    local: 'What everybody publishes',
    tag: (tag) => `#${tag}`,
    thread: 'Conversation',
    person: (nick) => `@${nick}`,
    followers: (nick) => `Who follows @${nick}`,
    following: (nick) => `Whom @${nick} follows`,
  },
  unseen: (count) => `${count} new`,
  news: {
    title: 'New to you',
    told: (count) => one(count, 'new dweet.', 'new dweets.'),
    jump: (count) => `${count} new`,
    catchUp: 'Count all as seen',
    older: 'Seen before',
    none: 'Nothing was published yet by you or by those whom you follow.',
    noneHint: 'Look at what everybody publishes, and follow somebody.',
    noneOlder: 'Nothing older.',
  },
  list: {
    none: 'There are no dweets here.',
    incomplete: (nicks) =>
      `The dweets of ${nicks} cannot be read now; they come when their machines are back.`,
    incompleteOthers: 'others',
    noBookmarks: 'You keep no bookmark of a dweet.',
    noneFound: 'Nothing of yours, or of those whom you follow, has all of these words.',
    nobody: 'Nobody yet.',
  },
  compose: {
    label: 'New dweet',
    reply: (nick) => `Answer to @${nick}`,
    edit: 'Edit the dweet',
    left: (count) => `${one(count, 'character', 'characters')} left`,
    over: (count) => `${one(count, 'character', 'characters')} too many`,
    warning: 'Content warning',
    warningHint: 'Shown in place of the text until somebody asks for it. May be empty.',
    visibility: 'For',
    visibilities: { public: 'everybody', followers: 'your followers' },
    more: 'Warning and who may see it',
    preview: 'Show what the first link leads to (the ring asks its site, once)',
    publish: 'Publish',
    save: 'Save',
    cancel: 'Cancel',
    published: 'Published.',
    waits: 'The ring does not answer. The dweet is kept here, and goes out once when it is back.',
    changed: 'Changed.',
  },
  attach: {
    list: 'Attachments',
    choose: 'Attach',
    fromFiles: 'From Files',
    hint: 'or paste, or drop here: up to four',
    full: 'Four is the most.',
    describe: (name) => `What ${name} shows, for whoever does not see it`,
    said: (name, description) => `${name}: ${description ?? 'without a description'}`,
    remove: (name) => `Remove ${name}`,
    sending: (name) => `Sending ${name}`,
    broken: 'It cannot be shown.',
    open: (what) => `Open the picture: ${what}`,
    picture: (number, of) => (of === 1 ? 'Picture' : `Picture ${number} of ${of}`),
    before: 'Previous',
    after: 'Next',
    whole: 'The picture itself',
    close: 'Close',
    pick: 'Attach a file of the ring',
    up: '.. (the folder above)',
    noFiles: 'Nothing is in this folder.',
    moreFiles: 'There are more than are shown here.',
  },
  unsent: {
    title: 'Not published yet',
    waits: 'Goes out once the ring answers.',
    old: 'It is older than a day, so nobody can tell whether it was published. Look at your profile.',
    discard: 'Discard',
  },
  dweet: {
    by: (name) => `${name} redweeted`,
    answers: (nick) => `In answer to @${nick}`,
    forFollowers: 'for followers',
    edited: 'edited',
    history: 'What it said',
    writtenAt: (instant) => `Written ${instant}`,
    gone: 'This dweet was deleted by its author.',
    hidden: 'This dweet is not for you any more.',
    unredweet: 'Take the redweet back',
    unredweeted: 'Not redweeted any more.',
    notHere: 'This dweet is not on this ring.',
    imported: 'imported',
    unseenAbove: 'A dweet that was deleted, or is not for you.',
    show: 'Show',
    hide: 'Hide',
    warned: (warning) => `Content warning: ${warning}`,
    reply: 'Answer',
    redweet: 'Redweet',
    like: 'Like',
    bookmark: 'Bookmark',
    edit: 'Edit',
    remove: 'Delete',
    removeAsked: 'Delete this dweet for good?',
    removed: 'Deleted.',
    open: 'Conversation',
  },
  profile: {
    joined: (date) => `Here since ${date}`,
    dweets: (count) => `Dweets: ${count}`,
    followers: (count) => `Followers: ${count}`,
    following: (count) => `Following: ${count}`,
    follow: 'Follow',
    unfollow: 'Unfollow',
    mute: 'Mute',
    unmute: 'Unmute',
    block: 'Block',
    unblock: 'Unblock',
    blockAsked: (nick) =>
      `Block @${nick}? Neither of you sees the other, and neither follows the other any more.`,
    followsYou: 'follows you',
    muted: 'muted',
    blocked: 'blocked',
    bio: 'About you',
    changeBio: 'Save',
    label: (nick) => `Profile of @${nick}`,
    list: (nick) => `Dweets of @${nick}`,
  },
  search: {
    label: 'Words, @nick or #tag',
    hint: 'Words are looked for in your dweets, and in those of whom you follow.',
    submit: 'Search',
    results: (words) => `Dweets with “${words}”`,
  },
  notifications: {
    kinds: {
      mention: (name) => `${name} mentions you`,
      reply: (name) => `${name} answers you`,
      redweet: (name) => `${name} redweeted you`,
      like: (name) => `${name} likes your dweet`,
      follow: (name) => `${name} follows you`,
      moderated: () => 'A moderator has decided about you',
    },
    none: 'There are no notifications.',
    clear: 'Clear',
    clearAsked: 'Delete all notifications that there are now?',
  },
  own: OWN_DATA_EN,
  keys: {
    title: 'Keys',
    rows: [
      ['n', 'write a dweet'],
      ['j, k', 'the next one, the one before'],
      ['l', 'like'],
      ['r', 'answer'],
      ['t', 'redweet'],
      ['b', 'bookmark'],
      ['o', 'open the conversation'],
      ['/', 'search'],
      ['?', 'these keys'],
    ],
  },
}
