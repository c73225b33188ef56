/** What was dropped on the page, or chosen: files, and folders with all that is in them. */

export interface Dropped {
  /** Names from the outermost folder on, the file's own last. */
  readonly names: readonly string[]
  readonly file: File
}

export interface DroppedAll {
  readonly files: readonly Dropped[]
  /** Folders with nothing in them, which no file brings along. */
  readonly emptyFolders: readonly (readonly string[])[]
  /** Something could not be read. */
  readonly isWhole: boolean
}

/** Of an input: with `webkitdirectory` each file tells where it lay. */
export function chosenFiles(files: Iterable<File>): DroppedAll {
  const all = [...files].map((file) => ({
    file,
    names: (file.webkitRelativePath || file.name).split('/'),
  }))
  return { files: all, emptyFolders: [], isWhole: true }
}

/**
 * Reads what the transfer holds; it must be called before the handler of the drop returns, as the
 * transfer is empty afterwards.
 */
export function droppedFiles(transfer: DataTransfer): Promise<DroppedAll> {
  const entries = [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))
  return walk(entries)
}

interface Item {
  readonly entry: FileSystemEntry | null
  readonly file: File | null
}

async function walk(items: readonly Item[]): Promise<DroppedAll> {
  const files: Dropped[] = []
  const emptyFolders: (readonly string[])[] = []
  let isWhole = true
  const visit = async (entry: FileSystemEntry, above: readonly string[]): Promise<void> => {
    const names = [...above, entry.name]
    try {
      if (isFile(entry)) files.push({ names, file: await fileOf(entry) })
      else if (isFolder(entry)) {
        const inside = await entriesOf(entry)
        if (inside.length === 0) emptyFolders.push(names)
        for (const one of inside) await visit(one, names)
      }
    } catch {
      // It went meanwhile, or may not be read; the rest is not held up.
      isWhole = false
    }
  }
  for (const { entry, file } of items) {
    if (entry !== null) await visit(entry, [])
    else if (file !== null) files.push({ names: [file.name], file })
  }
  return { files, emptyFolders, isWhole }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}

/** Browsers tell a hundred at a time, and an empty part at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (part.length === 0) return all
    all.push(...part)
  }
}
