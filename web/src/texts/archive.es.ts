/** Los textos del archivo en español. */
import type { ArchiveTexts } from './archive.en.ts'

const paginas = (count: number): string => `${count} ${count === 1 ? 'página' : 'páginas'}`

export const ARCHIVE_ES: ArchiveTexts = {
  title: 'Páginas guardadas',
  hint: 'Lo que el anillo ha descargado o le han dado, en un orden que no significa nada.',
  host: 'Servidor',
  hostHint: 'Por ejemplo example.org; todos si no se escribe nada.',
  look: 'Mostrar',
  table: 'Páginas guardadas',
  address: 'Dirección',
  answer: 'Respuesta',
  size: 'Tamaño',
  got: 'Obtenida',
  pageTitle: 'Título',
  none: 'No hay ninguna página así.',
  export: 'Llevarse en un fichero',
  exportHint:
    'El navegador lo guarda mientras llega. Si se corta, la línea de órdenes sigue donde estaba: npx anillo crawls export, npx anillo pages export.',
  exportOfCrawl:
    'WARC, WACZ y CDXJ llevan las páginas hechas; las fallidas solo están en las líneas JSON y en CSV.',
  formats: {
    warc: 'WARC: las páginas con su contenido, para archivos',
    wacz: 'WACZ: con su índice, para ReplayWeb.page',
    cdxj: 'CDXJ: solo el índice',
    jsonl: 'Líneas JSON: las direcciones y qué fue de ellas',
    csv: 'CSV: lo mismo, para hojas de cálculo',
  },
  search: {
    title: 'Buscar en las páginas guardadas',
    words: 'Palabras',
    wordsHint: 'Todas; también princip*, "palabras seguidas", title:palabra, url:palabra, lang:es.',
    site: 'Sitio',
    after: 'Desde',
    afterHint: 'Un día como 2026-01-31, un mes o un año.',
    submit: 'Buscar',
    found: (count) => `${paginas(count)} en total.`,
    none: 'No se encuentra ninguna página. Lo recién guardado se encuentra unos segundos después.',
    partial: 'Partes del anillo no respondieron; puede haber más.',
    folded: (count) => `Ver ${paginas(count)} casi iguales`,
    noneNear: 'Han cambiado desde entonces, o ya no están.',
  },
  import: {
    title: 'Añadir un archivo',
    hint: 'Un WARC, comprimido o no. Cada página conserva la fecha que dice el archivo; lo que ya se guarda no cambia nada.',
    file: 'Fichero',
    submit: 'Añadir sus páginas',
    empty: 'Elige antes un fichero.',
    sending: ({ sent, size }) => `${sent} de ${size}`,
    keeping: 'Está todo enviado; se guardan las últimas páginas.',
    left: (time) => `quedan unos ${time}`,
    result: ({ pages, same }) =>
      `Se han añadido ${paginas(pages)}${same === 0 ? '' : `; ${same} ya se guardaban`}.`,
    refused: (count) => `No se pudieron guardar ${paginas(count)}.`,
    before: (pages) => `Lo anterior queda guardado: ${paginas(pages)}.`,
  },
}
