/** Las frases de `errors.ts` en español. Un código sin frase no compila. */
import type { ErrorCode } from './errors.ts'

export const ERRORS_ES: Readonly<Record<ErrorCode, string>> = {
  USAGE: '{problem}',
  BAD_REQUEST: 'La petición está mal formada: {problem}.',
  NOT_FOUND: 'No existe: {what}.',
  FORBIDDEN: 'Esto no está permitido: {problem}.',
  BUSY: 'Hay demasiado en marcha ({what}); inténtalo de nuevo en un momento.',
  TOO_LARGE: '{what} supera {limit}.',
  SCHEDULE_INVALID: 'Esto no es un horario: {problem}.',
  SCHEDULE_RUNS:
    'La última ejecución de este horario aún sigue. Cancélala antes, o espera a que acabe.',
  TASK_ENDED: 'Esto llevó más de {limit}, y se interrumpió.',
  INTERNAL: 'anillo falló en esto; el registro del miembro dice más.',

  URL_MALFORMED: '«{url}» no es una dirección web. Escribe una como https://example.org o :8000.',
  URL_SCHEME: 'Solo se pueden descargar direcciones http y https, no «{scheme}».',
  URL_TOO_LONG: 'La dirección tiene más de {limit} caracteres. Usa una más corta.',
  URL_USERINFO:
    'No se descargan direcciones con nombre de usuario o contraseña. Quita lo que va antes de la «@».',
  ADDRESS_FORBIDDEN: '{host} lleva a {address}, de donde anillo no descarga ({reason}).',
  VANTAGE_UNKNOWN: 'Ningún miembro del anillo, ni equipo de miembros, se llama {vantage}.',
  VANTAGE_SILENT: 'Ningún miembro llamado {vantage} responde ahora.',
  HOST_UNKNOWN: 'No se conoce ninguna máquina con el nombre {host}. Comprueba cómo está escrito.',
  FETCH_REFUSED: '{host} rechazó la conexión. ¿Está en marcha el sitio?',
  FETCH_TIMEOUT: '{host} no respondió a tiempo ({phase}, {limitMs} ms). Inténtalo más tarde.',
  FETCH_TOO_SLOW:
    '{host} envía demasiado despacio; se detuvo a los {seconds} s. Inténtalo más tarde.',
  FETCH_TOO_LARGE: 'La respuesta de {host} supera {limit}.',
  FETCH_BOMB: 'La respuesta de {host} se expande a más de {ratio} veces su tamaño; se detuvo.',
  FETCH_BROKEN: '{host} respondió algo que no es HTTP, o se cortó: {problem}. Inténtalo más tarde.',
  FETCH_TLS: 'El certificado de {host} no es válido: {problem}.',
  FETCH_REDIRECTS: '{host} redirige más de {limit} veces.',

  EXPORT_CHANGED: 'La exportación ya no empieza como antes. Vuelve a empezarla.',
  RENDER_UNAVAILABLE:
    'No se pueden representar páginas: {problem}. Instala Chromium o Chrome en un miembro (Debian: apt install chromium; Ubuntu: el paquete de Google Chrome; macOS: brew install --cask chromium; Windows: winget install Google.Chrome), o indica uno en el ajuste browser, y vuelve a arrancar ese miembro.',
  RENDER_FAILED: 'No se pudo representar la página: {problem}.',
  ARCHIVE_BROKEN: 'Está dañado en el byte {offset}: {problem}.',

  RPC_TIMEOUT: 'El miembro {address} no respondió a {method} a tiempo.',
  RPC_UNREACHABLE: 'No se puede llegar al miembro {address}: {problem}.',
  RPC_CANCELLED: 'La petición {method} se canceló.',
  RPC_UNKNOWN_METHOD: 'El miembro {address} no conoce {method}.',
  RPC_FOREIGN_RING: '{address} pertenece a otro anillo.',
  RPC_WRONG_MEMBER: 'En {address} hay ahora otro miembro.',
  CERTIFICATE_EXPIRED:
    '{address} no hace eso para un miembro cuyo certificado ha caducado. El miembro lo renueva por sí mismo.',
  MEMBER_REMOVED:
    '{address} no admite a este miembro: fue quitado del anillo. Retira su directorio de datos y únete de nuevo.',
  RPC_VERSION:
    '{address} habla la versión {theirs} del protocolo, este miembro la {ours}. Actualiza el más antiguo.',
  RPC_GARBLED: 'El miembro {address} envió algo ilegible: {problem}.',
  LOOKUP_EXHAUSTED:
    'El anillo no encontró al dueño de la clave; se está reparando. Inténtalo en un momento.',
  DOOR_NOT_TRUSTED: 'En {address} responde un miembro, pero no se confía en él: {problem}.',
  AUTHORITY_OTHER:
    'El certificado de {address} es de otra autoridad que la conocida aquí ({known}). Un anillo la cambia de vez en cuando: quien cuida el anillo dice la huella, «npx anillo status» allí.',
  MEMBER_ENDS: 'Este miembro está a punto de terminar. Pregunta a otro.',
  RING_NOT_READY: 'Este miembro todavía no ha entrado en su anillo. Inténtalo en un momento.',
  RING_NOT_REACHABLE: 'Ningún miembro responde en {addresses}. Inicia uno con «{start}».',

  BACKUP_MISSED:
    'La copia de seguridad no encontró un momento en que todas las particiones coincidieran ({problem}). Inténtalo otra vez.',
  BACKUP_ABSENT:
    'No hay copia de seguridad en {path}. Indica el archivo o la carpeta que escribió «npx anillo backup».',
  BACKUP_DAMAGED:
    'La copia de seguridad está dañada: {part}, {problem}. Usa una anterior, u otra copia.',
  BACKUP_IN_USE:
    'Ya se está escribiendo otra copia de seguridad en {path}. Vuelve a intentarlo cuando termine.',
  BACKUP_LOCKED:
    'Esto no abre la copia de seguridad: {problem}. Da el archivo de clave que indicó «npx anillo backup» (--key-file), o la contraseña en ANILLO_BACKUP_PASSPHRASE.',
  VERSION_TOO_OLD:
    'Este anillo es demasiado antiguo: {what} está en el nivel {level} y solo conoce niveles hasta {known}. Actualízalo (docs/upgrade.md).',
  VERSION_TOO_NEW:
    'Este anillo es demasiado nuevo: {what} está en el nivel {level} y solo conoce niveles desde {known}. Actualiza pasando por una versión intermedia (docs/upgrade.md).',
  DATA_TOO_NEW:
    'Un anillo más nuevo escribió {path} (formato {format}; este conoce {known}). No se cambió nada; usa el más nuevo.',
  RECOVERY_NEEDLESS:
    'Ningún grupo ha perdido su mayoría: los miembros de {path} pueden seguir por sí mismos. Inícialos.',
  RECOVERY_UNFINISHED:
    'Se interrumpió una recuperación del anillo de este miembro. Ejecuta «npx anillo recover» otra vez: hace el resto.',
  RECOVERY_IMPOSSIBLE:
    'Ningún miembro de {path} tiene copia de {what}. Recupera uno de los que la tenían, o restaura una copia de seguridad.',
  DATA_NOT_EMPTY:
    '{path} ya contiene datos, que se perderían al restaurar. Indica otro directorio con --data.',
  UPLOAD_VOID:
    'La subida {upload} tardó tanto que se abandonó lo que había enviado. Envíalo otra vez.',
  CHUNK_LOST: 'Ningún miembro accesible tiene una copia sana del trozo {hash}.',
  STORE_UNAVAILABLE: 'La partición {partition} no está disponible: {problem}. No se cambió nada.',
  OUTCOME_UNKNOWN:
    'La partición {partition} recibió el cambio pero no dijo qué fue de él. Puede que se hiciera; la misma petición con la misma Idempotency-Key lo dirá.',
  CONDITION_FAILED: 'No se cambió nada: lo que hay no es lo que dice la condición.',
  TABLE_RESERVED: 'La tabla {table} es de un servicio del anillo; elige otro nombre.',
  CURSOR_STALE: 'La lista ha cambiado desde su primera página. Empiézala de nuevo.',
  RETRY_MISMATCH:
    'Ya se hizo otra petición con esta Idempotency-Key. Usa una clave distinta para cada cambio.',
  LOCK_HELD: 'Otro tiene el cerrojo {name}, hasta {until} si no lo devuelve o lo renueva.',
  LOCK_LOST: 'El cerrojo {name} no se tiene con esta ficha: el plazo venció, o ya se devolvió.',
  SESSION_UNKNOWN: 'La partición ha olvidado al miembro que preguntó.',

  LOGIN_FIRST:
    'Inicia sesión primero: no se mostró ninguna clave ni sesión, o la que se mostró no vale.',
  BAD_LOGIN: 'Combinación de nick y contraseña incorrecta.',
  ACCOUNT_SUSPENDED: 'Esta cuenta está suspendida. Habla con un administrador.',
  SLOW_DOWN: 'Demasiados intentos. Prueba en {minutes} min.',
  PERMISSION_MISSING:
    'Esto no está permitido: a tu cuenta, o a la clave en uso, le falta el permiso «{permission}».',
  NICK_TAKEN: 'El nick "{nick}" ya está en uso. Elige otro.',
  NICK_UNFIT: 'Un nick tiene de 1 a {max} letras de la a a la z, cifras y «_».',
  NAME_UNFIT: 'Un nombre tiene de 1 a {max} caracteres, ninguno de control.',
  PASSWORD_UNFIT: 'Una contraseña tiene de {min} a {max} caracteres y no es el nick.',
  NO_USER: 'No existe el usuario "{nick}".',
  REGISTRATION_CLOSED: 'Aquí las cuentas nuevas las crea un administrador.',
  LAST_ADMINISTRATOR: 'Antes debe haber otro administrador.',
  GROUP_TAKEN:
    'El grupo «{name}» existe, o existió: los nombres de grupos se dan una vez. Elige otro.',
  GROUP_UNFIT:
    'El nombre de un grupo tiene de 1 a {max} letras de la a a la z, cifras, «_» y «-», y no empieza por estos dos.',
  NO_GROUP: 'No existe el grupo «{name}».',
  GROUPS_FULL: 'Hay como mucho {max} {what}.',
  KEYS_FULL: 'Una cuenta tiene como mucho {max} claves. Quita una que no se use.',

  DWEET_EMPTY: 'Un dweet no puede estar vacío.',
  DWEET_TOO_LONG: 'Un dweet tiene como máximo {limit} caracteres; este tiene {length}.',
  DWEET_UNFIT:
    'Un dweet no puede llevar {character}: los caracteres de control, y los que giran la dirección del texto, quedan fuera.',
  WARNING_UNFIT:
    'Un aviso de contenido es una línea de {max} caracteres como mucho, ninguno de control.',
  DWEET_GONE: 'Ese dweet no existe o fue borrado.',
  ATTACHMENT_GONE:
    'No existe ese adjunto. El que ningún dweet usa desaparece a las {hours} horas: adjúntalo otra vez.',
  ATTACHMENT_LARGE: '«{name}» es demasiado grande para adjuntarlo: como máximo {limit}.',
  ATTACHMENT_UNFIT:
    '«{name}» no es una imagen entera: de lo que no se puede leer no se puede quitar dónde se tomó.',
  ATTACHMENTS_TOO_MANY: 'Un dweet tiene como máximo {max} adjuntos.',
  ATTACHMENTS_FULL:
    'Tienes {max} adjuntos que ningún dweet usa todavía. Publica o quita antes alguno.',
  DESCRIPTION_UNFIT: 'Una descripción tiene como máximo {max} caracteres, ninguno de control.',
  DWEET_SELF_FOLLOW: 'No puedes seguirte a ti mismo.',
  FOLLOWS_FULL: 'Ya sigues a {max} personas. Deja antes de seguir a alguna.',
  MUTES_FULL: 'Ya has silenciado a {max} personas. Deja antes de silenciar a alguna.',
  BLOCKS_FULL: 'Ya has bloqueado a {max} personas. Desbloquea antes a alguna.',
  DWEET_REMOVED: 'Un moderador retiró ese dweet.',
  DWEETS_SUSPENDED: 'Un moderador te ha suspendido: no puedes publicar hasta {until}.',
  REPORT_GONE: 'No hay tal denuncia: solo se mira y se decide lo que alguien denunció.',
  REPORT_DECIDED: 'Otro moderador lo decidió entretanto. Vuelve a mirarlo.',
  NOTE_UNFIT:
    'Lo que se dice de una denuncia tiene {max} caracteres como mucho, ninguno de control.',
  LIST_GONE: 'No tienes esa lista.',
  LIST_TAKEN: 'Ya tienes una lista «{name}». Elige otro nombre.',
  LIST_NAME_UNFIT:
    'El nombre de una lista es una línea de 1 a {max} caracteres, ninguno de control.',
  LISTS_FULL: 'Ya tienes {max} listas. Borra antes una.',
  LIST_FULL: 'En esta lista ya hay {max} personas. Saca antes a alguna.',
  EDITS_FULL: 'Un dweet se puede cambiar {max} veces. Bórralo y escríbelo de nuevo.',
  BIO_UNFIT: 'Lo que dices de ti tiene {max} caracteres como mucho, ninguno de control.',

  NO_ENTRY: 'No existe «{path}».',
  ENTRY_EXISTS: '«{path}» ya existe.',
  NOT_A_FOLDER: '«{path}» es un archivo, no una carpeta.',
  IS_A_FOLDER: '«{path}» es una carpeta, no un archivo.',
  FOLDER_NOT_EMPTY: 'La carpeta «{path}» no está vacía.',
  FOLDER_FULL: 'La carpeta «{path}» tiene {limit} entradas y no admite más.',
  NAME_INVALID: '«{name}» no puede ser un nombre: {problem}.',
  NO_ACCESS: 'No tienes permiso para {action} «{path}».',
  READ_ONLY: '«{path}» lo hace anillo mismo y no se puede cambiar.',
  MOVE_INTO_ITSELF: '«{path}» no se puede mover dentro de sí misma.',
  QUOTA_FULL:
    'No caben {more} más: de los {limit} que {nick} puede tener, ya se usan {used}. Borra algo del todo, también de la papelera, o pide más a un administrador.',
  QUOTA_FILES_FULL:
    '{nick} tiene {used} archivos y puede tener {limit}. Borra algunos del todo, también de la papelera, o pide más a un administrador.',
  UPLOAD_OFFSET: 'De esta subida hay {have} bytes, no {at}: sigue desde ahí.',
  RANGE_NOT_THERE: '«{path}» tiene {bytes} bytes: ninguno de los que se piden.',
  CONTENT_DIFFERS: 'Lo que ha llegado de «{path}» no es lo que se envió: cambió entretanto.',
  FOLDER_MISSING: 'No hay ninguna carpeta «{path}» donde ponerlo.',
  BODY_UNKNOWN: 'La petición trajo un cuerpo que aquí no significa nada.',
  DESTINATION_ELSEWHERE:
    'El destino no está bajo /dav/ de esta puerta: no se copia ni se mueve nada a otro sitio.',
  LOCKED: '«{path}» está bloqueado por {nick}: solo se cambia con el testigo del bloqueo.',
  LOCK_TOO_WIDE: '«{path}» no se puede bloquear, solo lo que contiene.',
  LOCKS_FULL: 'En «{path}» hay ya tantos bloqueos como puede haber.',
  UPLOAD_ELSEWHERE: 'Alguien está subiendo «{path}» en este momento.',
  LINK_UNKNOWN: 'No hay tal enlace, o ya no lo hay.',
  LINK_EXPIRED: 'Este enlace ha caducado.',
  LINK_SPENT: 'Este enlace ya se ha usado para tantas descargas como permite.',
  LINK_GONE: 'Aquello a lo que llevaba este enlace ya no está, o ya no se comparte.',
  LINK_LOCKED: 'Este enlace necesita una contraseña.',
  LINK_PASSWORD_WRONG: 'Esta no es la contraseña del enlace.',
  LINKS_FULL: 'Una cuenta tiene {max} enlaces como mucho. Retira alguno que ya no haga falta.',

  PORT_IN_USE: 'El puerto {port} ({door}) está en uso. Elige otro con {flag}.',
  DATA_IN_USE: '{path} está en uso ({holder}). Deténlo, o elige otro directorio con --data.',
  DATA_NOT_WRITABLE:
    'No se puede escribir en {path} ({problem}). Elige otro directorio con --data.',
  OUTPUT_NOT_WRITABLE: 'No se puede escribir en {path} ({problem}). Elige otro archivo con -o.',
  OUTPUT_TAKEN:
    '{path} ya existe, con otro contenido. Elige otro nombre, o sustitúyelo con --replace.',
  DATA_FOREIGN:
    '{path} contiene los datos de otro anillo ({theirs}). Elige otro directorio con --data.',
  DATA_DAMAGED: '{path} está dañado: {problem}.',
  DATA_GIVEN_UP:
    'Lo que guardaba este miembro estaba dañado y se abandona: {problem} Los demás lo tienen todavía. Aparta este directorio y vuelve a unirte al anillo.',
  DISK_FULL:
    'El disco que guarda {path} está lleno o casi lleno. Libera espacio en él: hasta entonces solo se puede borrar.',
  DISK_EXISTS: '{path} ya existe.',
  PASSPHRASE_NEEDED:
    'Los datos de este miembro están protegidos con una contraseña. Indícala en ANILLO_PASSPHRASE.',
  PASSPHRASE_WRONG: 'La contraseña de ANILLO_PASSPHRASE no abre los datos de este miembro.',
  DATA_ABSENT:
    '{path} no contiene aún ningún anillo. Funda uno con «npx anillo init» o «npx anillo up», o únete a uno con «npx anillo join».',
  DATA_WITHOUT_MEMBERS:
    'En {path} no se ha iniciado ningún miembro. Comprueba si es ese el directorio, inicia el anillo que contiene o indica una puerta con --at.',
  RING_ON_ONE_COMPUTER:
    'Este anillo escucha solo en este equipo. Funda uno para varias máquinas con «npx anillo init», en otro directorio.',
  TOKEN_MALFORMED:
    'Eso no es una ficha de entrada. Copia la línea entera que imprime «npx anillo token».',
  TOKEN_EXPIRED: 'La ficha de entrada caducó el {expiredAt}. Pide otra con «npx anillo token».',
  TOKEN_USED: 'La ficha de entrada ya se usó. Pide otra con «npx anillo token».',
  TOKEN_WRONG: 'La ficha de entrada no es de este anillo.',
  ADMISSION_REFUSED:
    'Nadie dejó entrar a esta máquina en {minutes} minutos. Inténtalo de nuevo, o usa una ficha.',
  ADMISSION_UNKNOWN: 'Ninguna máquina espera con el código {code}.',
  ADMISSION_AMBIGUOUS:
    'Dos máquinas esperan con el código {code}. Vuelve a iniciar «npx anillo join» en las dos.',
  ENROL_ELSEWHERE: 'Este miembro no puede admitir a otros; pídelo a uno que guarde datos.',
  RING_AMBIGUOUS: 'Varios anillos responden en esta red: {rings}. Elige uno con --ring.',
  RING_NOT_FOUND:
    'Ningún anillo respondió en esta red. ¿Hay un miembro en marcha, y está abierto el puerto UDP {port}?',
  SETTING_INVALID: 'El ajuste {name} no puede ser «{value}»: {problem}.',

  SHARE_NAME_TAKEN:
    'Este anillo ya comparte otro contenido como «{name}». Usa otro nombre, o deja antes de compartir aquel.',
  SHARE_NAME_UNFIT: '«{name}» no puede ser el nombre de algo compartido: {problem}.',
  SHARES_FULL:
    'Un anillo comparte {max} cosas como mucho. Deja de compartir alguna que ya no haga falta.',
  SHARE_NO_FILE: '«{path}» no se puede compartir con todos: {problem}.',
  SHARE_EMPTY: '«{path}» no tiene ningún byte: no hay nada que compartir.',
  SHARE_TOO_LARGE: 'Lo que supera {limit} ni se comparte ni se descarga de otros anillos.',
  SHARE_HASHING:
    'Se están calculando las sumas de este archivo ({percent} %). Sigue en marcha; vuelve a pedirlo en un momento.',
  SHARE_UNKNOWN: 'Nadie a quien se pueda llegar comparte ahora «{name}».',
  SHARE_AMBIGUOUS:
    'Hay {count} contenidos distintos que se llaman «{name}». Di cuál, por su raíz o su dirección: {choices}.',
  MAGNET_UNFIT: 'Este enlace magnet no sirve: {problem}.',
  DOWNLOADS_FULL: 'Ya tienes {max} descargas en marcha. Espera a que acabe una, o cancela alguna.',
  DOWNLOAD_OVER: 'Esta descarga ya terminó.',
  DOWNLOAD_FORGOTTEN: 'Estuvo {days} días en pausa y nadie la reanudó.',
  DOWNLOAD_STARVED: 'En {days} días no se encontró a nadie que tuviera el resto.',
}
