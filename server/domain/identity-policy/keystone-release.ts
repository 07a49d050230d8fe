/**
 * What a Keystone puts where a rule's %(...)s looks. The fix of CVE-2026-42999 (in Debian's 22.0.2-0+deb12u3 and later)
 * stopped merging the request body and the query into the policy target: they are under request_body. and filter_attr.
 * since, so that nobody overwrites target. or a URL variable from outside (keystone/common/rbac_enforcer/enforcer.py).
 */
export interface KeystoneRelease {
  id: string;
  label: string;
  /** Where body and query go: among the plain keys, or under request_body. and filter_attr. */
  body: "merged" | "namespaced";
  /** Has a domain manager of its own: an override for one has to be removed. */
  isNativePersona: boolean;
}

const SERIES = {
  zed: ["zed", "2022.2"],
  antelope: ["antelope", "2023.1"],
  bobcat: ["bobcat", "2023.2"],
  caracal: ["caracal", "2024.1"],
  dalmatian: ["dalmatian", "2024.2"],
  epoxy: ["epoxy", "2025.1"],
  flamingo: ["flamingo", "2025.2"],
} as const;
const NATIVE = new Set(["dalmatian", "epoxy", "flamingo"]);
const FIRST_FIXED_DEBIAN = 3;

export const RELEASE_WORDS =
  "zed, antelope, bobcat, caracal, dalmatian, epoxy, flamingo (or 2023.1 and so on), each with -before-fix for one " +
  "without the fix of CVE-2026-42999, or a Debian version such as 22.0.2-0+deb12u6";

/** The release that words name; null for one that is not known. A series stands for its fixed packages. */
export function findRelease(words: string): KeystoneRelease | null {
  const text = words.trim().toLowerCase();
  const debian = /^(?:1:|2:)?22\.0\.2-0\+deb12u(\d{1,4})$/.exec(text);
  if (debian !== null) {
    const isFixed = Number(debian[1]) >= FIRST_FIXED_DEBIAN;
    const body = isFixed ? "namespaced" : "merged";
    return { id: text, label: `Keystone ${text}`, body, isNativePersona: false };
  }
  const name = text.replace(/-before-fix$/, "");
  const series = Object.entries(SERIES).find(([, names]) => names.some((each) => each === name));
  if (series === undefined) return null;
  const isBefore = name !== text;
  return {
    id: text,
    label: `Keystone ${series[1].join(" (")})${isBefore ? " before the fix of CVE-2026-42999" : ""}`,
    body: isBefore ? "merged" : "namespaced",
    isNativePersona: NATIVE.has(series[0]),
  };
}

export const STANDARD_RELEASE: KeystoneRelease = {
  id: "caracal",
  label: "Keystone caracal (2024.1)",
  body: "namespaced",
  isNativePersona: false,
};
