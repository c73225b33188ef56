/**
 * Lo que acompaña a un error, que los miembros dicen en inglés, en español. `{}` está por lo que
 * cambia: nombres, números, lo que se escribió; `{…}`, por lo que debe ser (`EXPECTED_ES`).
 */

/** En inglés, como sale del código de los miembros, y en español; los huecos en el mismo orden. */
export const DETAILS_ES: readonly (readonly [english: string, spanish: string])[] = [
  // Horarios
  [
    '“{}” is not five fields: minute, hour, day, month, day of the week',
    '«{}» no son cinco campos: minuto, hora, día, mes y día de la semana',
  ],
  ['“{}” has a field that cannot be read', '«{}» tiene un campo que no se entiende'],
  ['“{}” is a time that never comes', '«{}» es una hora que nunca llega'],
  ['“{}” comes more often than each {} minutes', '«{}» llega más a menudo que cada {} minutos'],
  [
    '“{}” is no time zone; give one such as Europe/Madrid',
    '«{}» no es una zona horaria; indica una como Europe/Madrid',
  ],
  [
    'guests have {} schedules; delete one first',
    'los invitados tienen {} horarios; borra antes uno',
  ],
  ['the ring has {} schedules; delete one first', 'el anillo tiene {} horarios; borra antes uno'],
  ['{} has {} schedules; delete one first', '{} tiene {} horarios; borra antes uno'],
  ['changes of this schedule', 'cambios de este horario'],
  ['schedule with this id', 'un horario con este identificador'],

  // Enlaces
  ['a link cannot expire in the past', 'un enlace no puede caducar en el pasado'],

  // Lo que se comparte con todos
  ['such look-up', 'esa búsqueda'],
  ['such share', 'eso que se comparte'],
  ['such download', 'esa descarga'],
  ['such piece', 'ese trozo'],
  ['it is for who shared it', 'es cosa de quien lo compartió'],
  ['share with everybody', 'compartir con todos'],
  ['give a name, a root, or a magnet link', 'indica un nombre, una raíz o un enlace magnet'],
  ['it is a root', 'es la raíz de un contenido'],
  [
    'it belongs to somebody else, who may share it',
    'es de otra persona, que es quien puede compartirlo',
  ],
  [
    'it is a page of the archive; copy it into your folder, and share the copy',
    'es una página del archivo; cópiala en tu carpeta y comparte la copia',
  ],
  [
    'it is an earlier content; copy it into your folder, and share the copy',
    'es un contenido anterior; cópialo en tu carpeta y comparte la copia',
  ],
  ['it is no magnet link', 'no es un enlace magnet'],
  [
    'it has no hash of BitTorrent v2 (urn:btmh:1220…), which alone proves each piece',
    'no lleva la suma de BitTorrent v2 (urn:btmh:1220…), la única que prueba cada trozo',
  ],
  [
    'it tells no root, name and size (x.root, dn, xl), as links of anillo do',
    'no dice la raíz, el nombre y el tamaño (x.root, dn, xl), como los enlaces de anillo',
  ],
  [
    'its hash is not that of the name, size and root that it tells',
    'su suma no es la del nombre, el tamaño y la raíz que dice',
  ],
  ['it is no text', 'no es texto'],
  ['it has a slash', 'lleva una barra'],
  ['it leads elsewhere', 'lleva a otra parte'],
  ['it has a control character', 'lleva un carácter de control'],
  ['it turns the direction of text', 'cambia la dirección del texto'],
  ['it is longer than {} bytes', 'ocupa más de {} bytes'],
  ['files whose hashes are made', 'archivos cuyas sumas se calculan'],

  // Dweets
  ['that is no token of new dweets', 'eso no es el resguardo de unos dweets nuevos'],
  ['that is no cursor of this list', 'eso no es un lugar de esta lista'],
  ['q has no words', 'q no tiene palabras'],
  ['it is for the author of the dweet', 'es cosa de quien escribió el dweet'],
  ['it is for followers of its author only', 'es solo para quienes siguen a su autor'],
  ['one of you has blocked the other', 'uno de los dos ha bloqueado al otro'],
  ['it is lifted', 'que se levante'],
  ['give either a dweet or a nick', 'indica un dweet o un nick, uno de los dos'],
  [
    'that is about dweets, and this is about a person',
    'eso es de dweets, y esto es de una persona',
  ],
  ['warn needs a warning', 'warn necesita una advertencia'],
  ['this is your own account', 'es tu propia cuenta'],

  // Archivos de dweets
  ['the end of the ZIP is missing', 'falta el final del ZIP'],
  ['the directory of the ZIP is none', 'el índice del ZIP no es tal'],
  ['the directory of the ZIP is cut short', 'el índice del ZIP está cortado'],
  ['no file is told of here', 'aquí no se habla de ningún archivo'],
  ['no file begins here', 'aquí no empieza ningún archivo'],
  ['a file is cut short', 'un archivo está cortado'],
  ['there is no actor.json in it', 'no contiene actor.json'],
  ['it is neither a ZIP nor a list of people', 'no es un ZIP ni una lista de personas'],
  ['{} is packed in a strange way', '{} está empaquetado de una forma que no se conoce'],
  ['it cannot be unpacked', 'no se puede desempaquetar'],
  ['the JSON is cut short', 'el JSON está cortado'],
  ['a bracket closes what is not open', 'se cierra un paréntesis que no se abrió'],
  ['an element is too large', 'un elemento es demasiado grande'],
  ['there is no actor.json that says whose it is', 'no hay un actor.json que diga de quién es'],
  ['actor.json is too large', 'actor.json es demasiado grande'],
  ['actor.json does not say whose it is', 'actor.json no dice de quién es'],
  ['a line is too long', 'una línea es demasiado larga'],
  ['what should be JSON is none', 'lo que debería ser JSON no lo es'],

  // Rastreos
  [
    'the pattern “{}” is no regular expression at character {}',
    'el patrón «{}» no es una expresión regular en el carácter {}',
  ],
  [
    'the pattern “{}” has what patterns cannot have (docs/scrape.md) at character {}',
    'el patrón «{}» tiene algo que los patrones no admiten (docs/scrape.md) en el carácter {}',
  ],
  [
    'the pattern “{}” is too long at character {}',
    'el patrón «{}» es demasiado largo en el carácter {}',
  ],
  ['somebody else began this crawl', 'este rastreo lo empezó otra persona'],
  ['somebody else began this schedule', 'este horario lo hizo otra persona'],
  ['crawl with this id', 'un rastreo con este identificador'],
  ['such notification', 'esa notificación'],
  ['such tag', 'ese tema'],
  ['pages of {} may not make accounts here', 'las páginas de {} no pueden crear cuentas aquí'],
  ['the body is no form', 'el cuerpo no es un formulario'],
  ['the body is no JSON', 'el cuerpo no es JSON'],
  ['{} is no id', '{} no es un identificador'],
  ['it is too deep', 'es demasiado profundo'],
  ['it has too many values', 'tiene demasiados valores'],
  ['such crawl', 'ese rastreo'],
  ['such URL in the frontier', 'esa dirección en la cola'],
  ['webhook of this', 'un webhook de esto'],
  ['this test', 'esta prueba'],
  ['a secret is {} and {} to {} bytes in base64', 'un secreto es {} y de {} a {} bytes en base64'],
  ['{} is no CSS selector ({})', '{} no es un selector CSS ({})'],

  // Lo que una petición no debe decir
  ['{} is missing', 'falta {}'],
  ['{} are missing', 'faltan {}'],
  ['“{}” is not known here', '«{}» no se conoce aquí'],
  ['{} is empty, and ought to be {…}', '{} está vacío, y debe ser {…}'],
  ['{} is {}, and ought to be {…}', '{} es {}, y debe ser {…}'],
  ['the body ought to be {…}', 'el cuerpo debe ser {…}'],
  ['the query ought to be {…}', 'la consulta debe ser {…}'],
  ['{} ought to be {…}', '{} debe ser {…}'],
  [
    'what stands behind its “?” is not percent-encoded UTF-8',
    'lo que va tras su «?» no es UTF-8 con porcentajes',
  ],
  ['it took too long to arrive', 'tardó demasiado en llegar'],
  ['it takes too long to arrive', 'tarda demasiado en llegar'],
  ['it is not HTTP', 'no es HTTP'],
  [
    'Idempotency-Key must be 1 to 255 visible ASCII characters',
    'Idempotency-Key debe tener de 1 a 255 caracteres ASCII visibles',
  ],
  ['it is for the account itself', 'es cosa de la propia cuenta'],
  [
    '“{}” comes with a role and is not given by itself',
    '«{}» viene con una función y no se da por separado',
  ],
  ['webhooks may not use this door', 'los webhooks no pueden usar esta puerta'],
  ['this door answers to {} only', 'esta puerta solo atiende a {}'],
  ['pages of {} may not use this door', 'las páginas de {} no pueden usar esta puerta'],
  [
    'pages of other sites may not use this door',
    'páginas de otros sitios no pueden usar esta puerta',
  ],
  ['such address on this door', 'esa dirección en esta puerta'],
  ['list of pages on this door', 'una lista de páginas en esta puerta'],
  ['extraction at this door', 'extracción de datos en esta puerta'],
  ['not at this door', 'no por esta puerta'],

  // Archivos
  ['read', 'leer'],
  ['change', 'cambiar'],
  ['give rights on', 'dar permisos sobre'],
  ['it is not valid Unicode', 'no es Unicode válido'],
  ['it is no name of an entry', 'no es el nombre de una entrada'],
  ['it has a line end or a NUL', 'tiene un fin de línea o un NUL'],
  ['it holds a slash', 'lleva una barra'],
  ['it means a folder that is already known', 'es el nombre de una carpeta que ya se conoce'],
  ['it is empty', 'está vacío'],
  ['a path has at most {} bytes', 'una ruta tiene como mucho {} bytes'],
  ['a name has at most {} bytes', 'un nombre tiene como mucho {} bytes'],
  ['its path is not percent-encoded UTF-8', 'su ruta no es UTF-8 con porcentajes'],
  ['{} bytes came than its header tells', 'llegaron {} bytes de los que dice su cabecera'],
  ['upload of yours to this path that broke off', 'una subida tuya interrumpida hacia esta ruta'],
  ['uploads', 'subidas'],
  ['attachments', 'adjuntos'],
  ['“{}” is no instant in ISO 8601 from 1970 on', '«{}» no es un instante de ISO 8601 desde 1970'],
  ['that is no cursor of a list', 'eso no es un cursor de una lista'],
  ['the ring has no groups', 'el anillo no tiene grupos'],

  // Búsqueda
  ['the query is longer than {}', 'la consulta pasa de {} caracteres'],
  ['the query has no word', 'la consulta no tiene ninguna palabra'],
  ['the query has more than {} words', 'la consulta tiene más de {} palabras'],
  ['{}: needs a value', '{}: necesita un valor'],
  ['{}: needs a day such as 2026-01-31', '{}: necesita un día como 2026-01-31'],
  ['the cursor is none', 'el cursor no vale'],
  ['a cursor goes on with one kind alone', 'un cursor sigue con una sola clase'],
  ['kinds are {}', 'las clases son {}'],

  // Páginas, versiones, exportaciones e importaciones
  ['page', 'esa página'],
  ['page of the crawl', 'esa página del rastreo'],
  ['page held under this id', 'una página guardada con este identificador'],
  ['page with this id', 'una página con este identificador'],
  ['page rendered under this id', 'una página representada con este identificador'],
  ['version of this page', 'esa versión de la página'],
  ['such version of the page any more', 'ya esa versión de la página'],
  ['testimony of this page; ask for witnesses', 'testimonio de esta página; pide testigos'],
  [
    'render of this version; have the page downloaded with “render”',
    'representación de esta versión; descarga la página con «render»',
  ],
  [
    'screenshot of this page: it was not painted',
    'captura de pantalla de esta página: no se pudo pintar',
  ],
  [
    'that is no instant, such as 2026-01-31T12:00:00Z',
    'eso no es un instante, como 2026-01-31T12:00:00Z',
  ],
  ['this content is no text', 'este contenido no es texto'],
  ['{} is no text', '{} no es texto'],
  ['A version to compare', 'Una versión por comparar'],
  ['What changed', 'Lo que cambió'],
  ['`from` and `sha256` go together', '`from` y `sha256` van juntos'],
  ['a collection', 'Una colección'],
  ['an index', 'Un índice'],
  ['a record', 'Un registro'],
  ['The archive', 'El archivo'],
  ['The archive, unpacked,', 'El archivo, expandido,'],
  ['the archive, unpacked,', 'El archivo, expandido,'],
  ['The request', 'La petición'],
  ['The header of the request', 'La cabecera de la petición'],
  ['it is cut short', 'está cortado'],
  ['it is cut short in a header', 'está cortado dentro de una cabecera'],
  ['it is cut short in a record', 'está cortado dentro de un registro'],
  ['it is cut short behind a record', 'está cortado tras un registro'],
  ['no record of WARC begins here', 'aquí no empieza ningún registro WARC'],
  ['it is WARC of an unknown version, or none', 'es WARC de una versión desconocida, o no lo es'],
  ['a header does not end', 'una cabecera no termina'],
  ['a header has too many fields', 'una cabecera tiene demasiados campos'],
  ['a record says no type', 'un registro no dice su tipo'],
  ['a record says no length', 'un registro no dice su longitud'],
  ['a record says two lengths', 'un registro dice dos longitudes'],
  ['several records share a gzip member', 'varios registros comparten un miembro gzip'],
  ['the chunks of a body do not fit together', 'los trozos de un cuerpo no casan'],
  ['a body is not of its coding', 'un cuerpo no es de su codificación'],
  ['it is not gzip', 'no es gzip'],
  ['more than {} gzip members in a row are empty', 'más de {} miembros gzip seguidos están vacíos'],
  ['its gzip data is damaged or cut short', 'sus datos gzip están dañados o cortados'],
  ['the check sum of its gzip member is another', 'la suma de su miembro gzip es otra'],
  [
    'the content that it is made of is not what its record says',
    'el contenido del que se hace no es el que dice su registro',
  ],

  // Descargas
  ['it is packed too many times over', 'viene comprimido demasiadas veces'],
  ['it is packed in a way that was not asked for', 'viene comprimido de un modo que no se pidió'],
  ['bad {} data', 'datos {} dañados'],
  [
    'it answered 304 to a question without a condition',
    'respondió 304 a una pregunta sin condición',
  ],
  ['the connection ended elsewhere', 'la conexión acabó en otra parte'],
  ['provisional answers without end', 'respuestas provisionales sin fin'],
  ['it switches to another protocol, unasked', 'cambia a otro protocolo sin que se pida'],
  ['the answer broke off', 'la respuesta se cortó'],
  ['the connection was closed without an answer', 'la conexión se cerró sin respuesta'],
  ['connection lost', 'se perdió la conexión'],
  [
    'no TLS is spoken there, or none that is safe',
    'allí no se habla TLS, o ninguno que sea seguro',
  ],
  ['certificate has expired', 'el certificado ha caducado'],
  ['certificate is not yet valid', 'el certificado aún no vale'],
  ['self-signed certificate', 'el certificado lo firma él mismo'],
  ['self-signed certificate in certificate chain', 'hay un certificado firmado por sí mismo'],
  ['unable to verify the first certificate', 'no se sabe quién firma el certificado'],
  ['unable to get local issuer certificate', 'no se conoce a quien firma el certificado'],
  ['{} KiB of headers', '{} KiB de cabeceras'],
  ['{} MiB of memory', '{} MiB de memoria'],
  [
    '“vantage” and “witnesses” exclude each other: each witness asks by its own network',
    '«vantage» y «witnesses» se excluyen: cada testigo pregunta por su propia red',
  ],

  // Representación
  ['this member has no browser', 'este miembro no tiene navegador'],
  [
    'no member that can be reached has a browser',
    'ningún miembro al que se llegue tiene navegador',
  ],
  ['{} did not start', '{} no arrancó'],
  ['{} did not start: {}', '{} no arrancó: {}'],
  ['it is {}, not HTML', 'es {}, no HTML'],
  ['whoever drew it is gone', 'quien la representaba ya no está'],
  ['the browser speaks another protocol', 'el navegador habla otro protocolo'],
  ['it took more than {} s', 'tardó más de {} s'],
  ['{} took too long', '{} tardó demasiado'],
  ['it was cancelled', 'se canceló'],
  ['its document could not be had', 'no se pudo obtener su documento'],
  ['its document could not be read', 'no se pudo leer su documento'],
  ['its document is larger than {} MiB', 'su documento pasa de {} MiB'],
  ['it has no document', 'no tiene documento'],
  ['its scripts do not end', 'sus scripts no acaban'],
  [
    'the page took too much memory, or its process died',
    'la página ocupó demasiada memoria, o su proceso murió',
  ],

  // Demasiado a la vez
  ['downloads', 'descargas'],
  ['downloads of this page', 'descargas de esta página'],
  ['downloads of a page of the archive', 'descargas de una página del archivo'],
  ['renders', 'representaciones'],
  ['exports', 'exportaciones'],
  ['imports', 'importaciones'],
  ['lists', 'listas'],
  ['searches', 'búsquedas'],
  ['log-ins', 'inicios de sesión'],
  ['passwords', 'contraseñas'],
  ['connections', 'conexiones'],
  ['administrators', 'administradores'],
  ['groups', 'grupos'],
  ['people in a group', 'personas en un grupo'],
  ['groups of one account', 'grupos de una cuenta'],
  ['such person in the group', 'esa persona en el grupo'],
  ['it is for owners of the group', 'es para los dueños del grupo'],
  ['it is for those who are in the group', 'es para quienes están en el grupo'],
  ['event streams', 'flujos de sucesos'],
  ['requests on one connection', 'peticiones en una conexión'],
  [
    'answers on a connection that does not take them',
    'respuestas en una conexión que no las recibe',
  ],
  ['too few members answer', 'responden muy pocos miembros'],

  // Cuentas y registros
  ['such key', 'esa clave'],
  ['key', 'esa clave'],
  ['key for copies', 'una clave para las copias'],
  ['session', 'esa sesión'],
  ['record of this name', 'un registro con ese nombre'],
  ['holder of this lock', 'quien tenga este cerrojo'],
  ['the account {}', 'la cuenta {}'],
]

/** Lo que algo debe ser: en lugar de `{…}`. */
export const EXPECTED_ES: typeof DETAILS_ES = [
  ['{…}, or {…}', '{…}, o {…}'],
  ['one of {}', 'uno de {}'],
  ['a list of 1 item {…}', 'una lista de 1 elemento {…}'],
  ['a list of {} items {…}', 'una lista de {} elementos {…}'],
  ['1 character {…}', '1 carácter {…}'],
  ['{} characters {…}', '{} caracteres {…}'],
  ['{} at least', '{} como mínimo'],
  ['{} at most', '{} como máximo'],
  ['at least', 'como mínimo'],
  ['at most', 'como máximo'],
  ['a list', 'una lista'],
  ['true or false', 'verdadero o falso'],
  ['a whole number', 'un número entero'],
  ['a number', 'un número'],
  ['an object', 'un objeto'],
  ['null', 'nulo'],
  ['text', 'texto'],
  ['of the form {}', 'de la forma {}'],
  ['{} hex digits (0 to 9, a to f)', '{} cifras hexadecimales (0 a 9, a a f)'],
  ['{} digits', '{} cifras'],
  ['{} letters, digits, “_” or “-”', '{} letras, cifras, «_» o «-»'],
]

/** `{}` stays as it came, for it may be anything; `{…}` is of `EXPECTED_ES`. */
const GAP = /\{(…?)\}/

interface Rule {
  readonly pattern: RegExp
  readonly isExpected: readonly boolean[]
  /** Between the gaps. */
  readonly spanish: readonly string[]
}

function ruleOf([english, spanish]: readonly [english: string, spanish: string]): Rule {
  const told = english.split(GAP)
  const parts = told.filter((_, at) => at % 2 === 0)
  const literal = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return {
    pattern: new RegExp(`^${literal.join('(.*?)')}$`, 's'),
    isExpected: told.filter((_, at) => at % 2 === 1).map((mark) => mark !== ''),
    spanish: spanish.split(GAP).filter((_, at) => at % 2 === 0),
  }
}

/** What is narrower stands first in its table. Made where somebody first asks. */
let rules: Readonly<Record<'details' | 'expected', readonly Rule[]>> | undefined

function knownRules(): NonNullable<typeof rules> {
  rules ??= { details: DETAILS_ES.map(ruleOf), expected: EXPECTED_ES.map(ruleOf) }
  return rules
}

/** Choices of so many shapes are said in Spanish. */
const DEPTH_MAX = 8

/** As `sizeText` writes it. */
const SIZE = /^\d+(?:\.\d)? (?:B|[KMGT]iB)$/

/** `undefined`: nobody has said it in Spanish, as with what sites and systems say. */
export function detailInSpanish(english: string): string | undefined {
  return SIZE.test(english) ? english.replace('.', ',') : said(english, 'details', 0)
}

function said(english: string, table: 'details' | 'expected', depth: number): string | undefined {
  if (depth > DEPTH_MAX) return undefined
  for (const { isExpected, pattern, spanish } of knownRules()[table]) {
    const parts = pattern.exec(english)?.slice(1)
    const filled = parts?.map((part, at) => {
      return isExpected[at] === true ? (said(part, 'expected', depth + 1) ?? part) : part
    })
    if (filled !== undefined)
      return spanish.reduce((text, piece, at) => text + (filled[at - 1] ?? '') + piece)
  }
  return undefined
}
