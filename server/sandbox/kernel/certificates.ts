import "reflect-metadata";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import { writeFileAtomically } from "./atomic-file.ts";

const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING_ALGORITHM = { ...KEY_ALGORITHM, hash: "SHA-256" };
const DAY_MS = 24 * 60 * 60 * 1000;
const CA_LIFETIME_MS = 10 * 365 * DAY_MS;
const LEAF_LIFETIME_MS = 365 * DAY_MS;
const RENEW_BEFORE_MS = 30 * DAY_MS;
/** Clocks differ a little: a certificate made "now" must already be valid for a client slightly behind. */
const BACKDATE_MS = 60 * 60 * 1000;

export interface TlsMaterial {
  caFile: string;
  certificatePem: string;
  keyPem: string;
}

interface KeptPair {
  certificate: x509.X509Certificate;
  keyPem: string;
}

/** Loads the CA and the listener's certificate from the directory, making or renewing what is missing or old. */
export async function loadTlsMaterial(dataDir: string, now: Date): Promise<TlsMaterial> {
  x509.cryptoProvider.set(crypto);
  const caFile = join(dataDir, "ca.crt");
  const keptCa = await findPair(caFile, join(dataDir, "ca.key"), now);
  const ca = keptCa ?? (await makeAuthority(dataDir, now));
  const keptLeaf = await findPair(join(dataDir, "server.crt"), join(dataDir, "server.key"), now);
  const isSignedByCa =
    keptLeaf !== null && (await keptLeaf.certificate.verify({ publicKey: ca.certificate, date: now }));
  const leaf = keptLeaf !== null && isSignedByCa ? keptLeaf : await makeLeaf(dataDir, ca, now);
  return { caFile, certificatePem: leaf.certificate.toString("pem"), keyPem: leaf.keyPem };
}

async function findPair(certificateFile: string, keyFile: string, now: Date): Promise<KeptPair | null> {
  const [certificatePem, keyPem] = await Promise.all([readOrNull(certificateFile), readOrNull(keyFile)]);
  if (certificatePem === null || keyPem === null) return null;
  const certificate = new x509.X509Certificate(certificatePem);
  const isFresh =
    certificate.notAfter.getTime() - now.getTime() > RENEW_BEFORE_MS && certificate.notBefore <= now;
  return isFresh ? { certificate, keyPem } : null;
}

async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

async function makeAuthority(dataDir: string, now: Date): Promise<KeptPair> {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: "CN=Countersign embedded cloud CA",
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + CA_LIFETIME_MS),
    signingAlgorithm: SIGNING_ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return keepPair(dataDir, "ca", { certificate, keyPem: await exportKey(keys.privateKey) });
}

async function makeLeaf(dataDir: string, ca: KeptPair, now: Date): Promise<KeptPair> {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: "CN=127.0.0.1",
    issuer: ca.certificate.subject,
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + LEAF_LIFETIME_MS),
    signingAlgorithm: SIGNING_ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await importKey(ca.keyPem),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: "ip", value: "127.0.0.1" },
        { type: "dns", value: "localhost" },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(ca.certificate.publicKey),
    ],
  });
  return keepPair(dataDir, "server", { certificate, keyPem: await exportKey(keys.privateKey) });
}

async function keepPair(dataDir: string, name: string, pair: KeptPair): Promise<KeptPair> {
  await writeFileAtomically(join(dataDir, `${name}.key`), pair.keyPem, 0o600);
  await writeFileAtomically(join(dataDir, `${name}.crt`), `${pair.certificate.toString("pem")}\n`, 0o644);
  return pair;
}

async function exportKey(key: CryptoKey): Promise<string> {
  const der = await crypto.subtle.exportKey("pkcs8", key);
  return `${x509.PemConverter.encode(der, "PRIVATE KEY")}\n`;
}

async function importKey(pem: string): Promise<CryptoKey> {
  const der = x509.PemConverter.decodeFirst(pem);
  return crypto.subtle.importKey("pkcs8", der, KEY_ALGORITHM, false, ["sign"]);
}

/** RFC 5280 4.1.2.2: a positive serial of at most 20 octets. */
function newSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return Buffer.from(bytes).toString("hex");
}
