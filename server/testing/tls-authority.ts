import "reflect-metadata";
import * as x509 from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { ...ALGORITHM, hash: "SHA-256" };
const HOUR_MS = 60 * 60 * 1000;

export interface Validity {
  readonly from: Date;
  readonly to: Date;
}

export interface ServerPair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of a test: its own certificate, and leaves signed by it. */
export interface TestAuthority {
  readonly pem: string;
  issue(leaf: { hosts: readonly string[]; validity?: Validity }): Promise<ServerPair>;
}

/** Valid from an hour ago to an hour from now. */
export function aroundNow(): Validity {
  return { from: new Date(Date.now() - HOUR_MS), to: new Date(Date.now() + HOUR_MS) };
}

/** Valid until an hour ago. */
export function inThePast(): Validity {
  return { from: new Date(Date.now() - 3 * HOUR_MS), to: new Date(Date.now() - HOUR_MS) };
}

export async function makeAuthority(name: string, validity = aroundNow()): Promise<TestAuthority> {
  x509.cryptoProvider.set(crypto);
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore: validity.from,
    notAfter: validity.to,
    signingAlgorithm: SIGNING,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  return {
    pem: `${authority.toString("pem")}\n`,
    async issue(leaf) {
      const { hosts, validity: term = aroundNow() } = leaf;
      const own = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${hosts[0] ?? "nobody"}`,
        issuer: authority.subject,
        notBefore: term.from,
        notAfter: term.to,
        signingAlgorithm: SIGNING,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.SubjectAlternativeNameExtension(
            hosts.map((value) => ({
              type: /^[\d.]+$/.test(value) ? ("ip" as const) : ("dns" as const),
              value,
            })),
          ),
        ],
      });
      const der = await crypto.subtle.exportKey("pkcs8", own.privateKey);
      return { cert: certificate.toString("pem"), key: x509.PemConverter.encode(der, "PRIVATE KEY") };
    },
  };
}
