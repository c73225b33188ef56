/** Files of settings for servers of others: one user, explicit TLS, no limits in the way. */
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { HOST } from '../store/cluster.ts'
import { USER_ID, type PeerPlace } from './peer-place.ts'

export const PAM_SERVICE = 'anillo-bench'

/** Answers where they stand. */
export async function vsftpdFiles({ directory, home, pem, port }: PeerPlace): Promise<string> {
  const empty = join(directory, 'empty')
  await mkdir(empty, { recursive: true })
  return written(directory, 'vsftpd.conf', [
    'listen=YES',
    `listen_address=${HOST}`,
    `listen_port=${port}`,
    'background=NO',
    'anonymous_enable=NO',
    'local_enable=YES',
    'write_enable=YES',
    'local_umask=022',
    `local_root=${home}`,
    'chroot_local_user=YES',
    'allow_writeable_chroot=YES',
    `pam_service_name=${PAM_SERVICE}`,
    `secure_chroot_dir=${empty}`,
    'max_per_ip=0',
    'ssl_enable=YES',
    'force_local_logins_ssl=NO',
    'force_local_data_ssl=NO',
    'require_ssl_reuse=NO',
    `rsa_cert_file=${pem}`,
    'ssl_ciphers=HIGH',
    'utf8_filesystem=YES',
    'seccomp_sandbox=NO',
  ])
}

/** Answers where the database of users stands. */
export async function pureFtpdPassword(
  { directory, hashed, home }: PeerPlace,
  { maker, user }: { readonly user: string; readonly maker: string },
): Promise<string> {
  const line = `${user}:${hashed}:${USER_ID}:${USER_ID}::${home}/./::::::::::::`
  const list = await written(directory, 'pure.passwd', [line])
  const database = join(directory, 'pure.pdb')
  execFileSync(maker, ['mkdb', database, '-f', list], { stdio: 'pipe' })
  return database
}

/** Answers where they stand. */
export async function proftpdFiles(
  { directory, hashed, home, pem, port }: PeerPlace,
  { modules, user }: { readonly user: string; readonly modules: string },
): Promise<string> {
  const line = `${user}:${hashed}:${USER_ID}:${USER_ID}::${home}:/bin/sh`
  const list = await written(directory, 'proftpd.passwd', [line])
  return written(directory, 'proftpd.conf', [
    `ModulePath ${modules}`,
    'LoadModule mod_tls.c',
    'ServerName bench',
    'ServerType standalone',
    'UseIPv6 off',
    `DefaultAddress ${HOST}`,
    `Port ${port}`,
    'UseReverseDNS off',
    `User ${user}`,
    `Group ${user}`,
    `AuthUserFile ${list}`,
    'AuthOrder mod_auth_file.c',
    'RequireValidShell off',
    'DefaultRoot ~',
    'AllowOverwrite on',
    'MaxInstances 400',
    'DelayEngine off',
    'DelayTable none',
    'WtmpLog off',
    'TransferLog none',
    `SystemLog ${join(directory, 'system.log')}`,
    `PidFile ${join(directory, 'daemon.pid')}`,
    `ScoreboardFile ${join(directory, 'score')}`,
    'TLSEngine on',
    'TLSLog none',
    'TLSProtocol TLSv1.2 TLSv1.3',
    `TLSECCertificateFile ${pem}`,
    `TLSECCertificateKeyFile ${pem}`,
    'TLSVerifyClient off',
    'TLSRequired off',
    'TLSOptions NoSessionReuseRequired',
  ])
}

/** Only root may read what has passwords in it. */
async function written(directory: string, name: string, lines: readonly string[]): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, [...lines, ''].join('\n'), { mode: 0o600 })
  return path
}
