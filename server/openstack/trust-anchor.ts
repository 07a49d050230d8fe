import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { CA_FILE_BYTES } from "./limits.ts";

export interface TrustedAuthority {
  readonly kind: "ok";
  readonly path: string;
  readonly pem: string;
  /** Of the certificate in the file that is valid now and ends last. */
  readonly subject: string;
  readonly fingerprint256: string;
  readonly notAfter: Date;
}

/** The cloud names no `cacert`: its certificate must come from an authority Node itself trusts. */
export interface PublicAuthorities {
  readonly kind: "public";
}

export interface BadTrustAnchor {
  readonly kind: "missing" | "unreadable" | "expired" | "not_yet_valid";
  readonly path: string;
  readonly says: string;
}

export type TrustAnchor = TrustedAuthority | PublicAuthorities | BadTrustAnchor;

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * The certificate authority of a cloud, as it is on disk at this moment. A bundle is good while one
 * of its certificates is valid: that is how an authority is replaced by its successor.
 */
export function readTrustAnchor(path: string | null, now: Date): TrustAnchor {
  if (path === null) return { kind: "public" };
  const text = readBundle(path);
  if (typeof text !== "string") return text;
  const certificates = parseCertificates(text);
  if (certificates === null) {
    return bad("unreadable", path, "holds a certificate that cannot be parsed");
  }
  if (certificates.length === 0) return bad("unreadable", path, "holds no PEM certificate");
  return judge({ path, certificates, now });
}

function readBundle(path: string): string | BadTrustAnchor {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return bad("unreadable", path, "is not a file");
    if (stat.size > CA_FILE_BYTES) return bad("unreadable", path, `is larger than ${CA_FILE_BYTES} bytes`);
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    if (code === "ENOENT" || code === "ENOTDIR") return bad("missing", path, "does not exist");
    return bad("unreadable", path, `cannot be read (${code})`);
  }
}

function parseCertificates(text: string): X509Certificate[] | null {
  try {
    return [...text.matchAll(PEM_CERTIFICATE)].map(([pem]) => new X509Certificate(pem));
  } catch {
    // OpenSSL's parse errors say nothing a person could act on; the caller names the file.
    return null;
  }
}

function judge(bundle: { path: string; certificates: readonly X509Certificate[]; now: Date }): TrustAnchor {
  const { path, certificates, now } = bundle;
  const started = certificates.filter((certificate) => certificate.validFromDate <= now);
  const longest = started
    .filter((certificate) => certificate.validToDate >= now)
    .toSorted((a, b) => b.validToDate.getTime() - a.validToDate.getTime())[0];
  if (longest !== undefined) {
    return {
      kind: "ok",
      path,
      pem: certificates.map(String).join(""),
      subject: subjectOf(longest),
      fingerprint256: longest.fingerprint256,
      notAfter: longest.validToDate,
    };
  }
  const latest = started.toSorted((a, b) => b.validToDate.getTime() - a.validToDate.getTime())[0];
  if (latest !== undefined) {
    return bad("expired", path, `(${subjectOf(latest)}) expired on ${latest.validToDate.toISOString()}`);
  }
  const first = certificates.toSorted((a, b) => a.validFromDate.getTime() - b.validFromDate.getTime())[0];
  const from = first?.validFromDate.toISOString() ?? "a later date";
  return bad("not_yet_valid", path, `is valid only from ${from}; is this machine's clock right?`);
}

function subjectOf(certificate: X509Certificate): string {
  return certificate.subject.replaceAll("\n", ", ");
}

function bad(kind: BadTrustAnchor["kind"], path: string, what: string): BadTrustAnchor {
  return {
    kind,
    path,
    says: `The certificate authority file ${path} ${what}. No call was made. Put the cloud's current CA there, or correct "cacert" in clouds.yaml.`,
  };
}
