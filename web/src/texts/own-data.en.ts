/** The texts about all that one has of the microblog, in English. */
import type { ArchiveProblem } from '../../../src/wire/dweet-archive/read-activities.ts'

export interface OwnDataTexts {
  readonly export: {
    readonly title: string
    readonly hint: string
    readonly submit: string
  }
  readonly import: {
    readonly title: string
    readonly hint: string
    readonly file: string
    readonly byNick: string
    readonly submit: string
    readonly empty: string
    readonly going: (percent: number, count: string) => string
    readonly left: (time: string) => string
    readonly done: (imported: number, there: number) => string
    readonly skipped: (count: number) => string
    readonly again: string
    readonly why: Readonly<Record<ArchiveProblem, string>>
  }
  readonly retention: {
    readonly title: string
    readonly hint: string
    readonly after: string
    readonly never: string
    readonly days: (count: number) => string
    readonly keepLiked: string
    readonly keepBookmarked: string
    readonly keepLikes: string
    readonly keepRedweets: string
    readonly save: string
    readonly saved: string
  }
  readonly clear: {
    readonly title: string
    readonly hint: string
    readonly submit: string
    readonly asked: string
    readonly done: string
  }
}

export const OWN_DATA_EN: OwnDataTexts = {
  export: {
    title: 'Take along what is yours',
    hint: 'A ZIP with your dweets and their history, likes, bookmarks, lists, and whom you follow, mute and block. Programs that read Mastodon’s archives read it, too. It says where attached files are; npx anillo dweet export --with-files has them in it.',
    submit: 'Download',
  },
  import: {
    title: 'Bring what is yours',
    hint: 'From another ring or from Mastodon. Dweets keep their times, are marked as imported, and tell nobody. Nothing comes twice. Attached files come by npx anillo dweet import.',
    file: 'A ZIP, or a list of people (CSV)',
    byNick: 'People of other places are those with the same nick here',
    submit: 'Import',
    empty: 'Choose a file first.',
    going: (percent, count) => `${percent} %, ${count} so far`,
    left: (time) => `about ${time} left`,
    done: (imported, there) => `${imported} imported, ${there} were there already.`,
    skipped: (count) => `${count} left out:`,
    again: 'What was imported stays. The same file again goes on from there.',
    why: {
      tooLong: 'longer than 225 characters; texts are not cut',
      empty: 'without text',
      unfit: 'with characters, or a time, that a dweet cannot have',
      ahead: 'of a time that has not come',
      tooOld: 'from before 2014',
      notYours: 'by another author',
      notHere: 'of dweets that are not on this ring',
      noUser: 'of people who are not on this ring',
      notPossible: 'of yourself, or over a block',
      removed: 'removed by a moderator',
      full: 'beyond as many as one may have',
      private: 'messages to some people alone, which are not published',
      strange: 'of a shape that is not known',
    },
  },
  retention: {
    title: 'How long your dweets stay',
    hint: 'Older dweets and redweets are deleted within an hour, for good.',
    after: 'Delete them after',
    never: 'Never',
    days: (count) => `${count} days`,
    keepLiked: 'Keep those that I like',
    keepBookmarked: 'Keep those that I have bookmarks of',
    keepLikes: 'Keep those with so many likes',
    keepRedweets: 'Keep those redweeted so often',
    save: 'Save',
    saved: 'Saved.',
  },
  clear: {
    title: 'Delete all your dweets',
    hint: 'Your account, follows, likes and bookmarks stay.',
    submit: 'Delete all dweets',
    asked: 'Delete all your dweets and redweets for good?',
    done: 'They are being deleted.',
  },
}
