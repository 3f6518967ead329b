import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate for that name, as ACM imports one. */
export function selfSigned(name: string): { Certificate: Buffer; PrivateKey: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'dingdock-cert-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject];
  execFileSync('openssl', request, { stdio: 'ignore' });
  const made = { Certificate: readFileSync(cert), PrivateKey: readFileSync(key) };
  rmSync(folder, { recursive: true });
  return made;
}
