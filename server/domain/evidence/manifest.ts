/** What the installation signs of a bundle: the SHA-256 of its manifest, when, and with which key. */
export function manifestStatement(of: { digest: string; at: string; key: string }) {
  return { format: "countersign-manifest/1", digest: of.digest, at: of.at, key: of.key } as const;
}
