import { describe, expect, it } from "vitest";
import { ed25519Signer, NAMESPACE, rsaSigner, securityKeySigner } from "#server/testing/ssh-signer.ts";
import { admitByList, importAllowedSigners, parseAllowedSigners } from "./allowed-signers.ts";
import { faultOf } from "./fault.ts";
import { PRIVATE_KEY, readPublicKey } from "./public-key.ts";
import { isInWindow } from "./window.ts";
import { wireString } from "./wire-reader.ts";

const olivia = ed25519Signer();
const rita = securityKeySigner("ed25519");
const KEY = olivia.line;
const OURS = `namespaces="${NAMESPACE}"`;

function listOf(text: string) {
  const parsed = parseAllowedSigners(text);
  if (parsed.kind === "refused") expect.fail(parsed.says);
  return parsed.signers;
}

describe("parseAllowedSigners", () => {
  it("reads lines, options and comments, and counts lines as an editor does", () => {
    const text = [
      "# who may sign",
      "",
      `olivia@corp ${KEY}`,
      ` \t# indented`,
      `\trita@*,!rita@out \tnamespaces="a,b*",VALID-AFTER="20300101Z",valid-before="20300201Z"\t${rita.line} of Rita\r`,
      "",
    ].join("\n");
    const [first, second, ...more] = listOf(text);
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      line: 3,
      principals: "olivia@corp",
      namespaces: null,
      validAfter: null,
      validBefore: null,
      comment: "test@countersign",
      key: { type: "ssh-ed25519" },
    });
    expect(second).toMatchObject({
      line: 5,
      principals: "rita@*,!rita@out",
      namespaces: "a,b*",
      validAfter: new Date("2030-01-01Z"),
      validBefore: new Date("2030-02-01Z"),
      comment: "test@countersign of Rita",
      key: { type: "sk-ssh-ed25519@openssh.com" },
    });
  });

  it("reads quotes and blanks inside a value", () => {
    expect(listOf(`a namespaces="x y\\"z" ${KEY}`)[0]?.namespaces).toBe('x y"z');
    expect(listOf(`a namespaces="" ${KEY}`)[0]?.namespaces).toBe("");
    expect(listOf(`a ${KEY} "a comment, \u00fc`)[0]?.comment).toBe('test@countersign "a comment, \u00fc');
    expect(listOf(`a ${KEY.split(" ").slice(0, 2).join(" ")}`)[0]?.comment).toBe("");
  });

  it.each(["", "\n\n", "# nothing", "\r\n# nothing\r\n"])("reads %j as nobody", (text) => {
    expect(listOf(text)).toEqual([]);
  });

  const weak = rsaSigner(2048).line;
  const lowOrder = Buffer.concat([wireString("ssh-ed25519"), wireString(Buffer.alloc(32))]).toString(
    "base64",
  );
  it.each([
    ["one word", "olivia@corp"],
    ["no key", "olivia@corp ssh-ed25519"],
    ["options and no key", `olivia@corp ${OURS}`],
    ["options and no base64", `olivia@corp ${OURS} ssh-ed25519`],
    ["no identity", KEY],
    ["a quoted identity", `"olivia@corp" ${KEY}`],
    ["a quote in an identity", `oli"via" ${KEY}`],
    ["an identity that is not ASCII", `\u00f6livia ${KEY}`],
    ["a BOM", `\ufeffolivia@corp ${KEY}`],
    ["a certificate authority", `olivia@corp cert-authority ${KEY}`],
    ["a certificate authority by case", `olivia@corp ${OURS},Cert-Authority ${KEY}`],
    ["an unknown option", `olivia@corp no-touch-required ${KEY}`],
    ["an unknown option with a value", `olivia@corp from="10.0.0.0/8" ${KEY}`],
    ["an option twice", `olivia@corp ${OURS},${OURS} ${KEY}`],
    ["an option twice by case", `olivia@corp ${OURS},NAMESPACES="x" ${KEY}`],
    ["an option without a value", `olivia@corp namespaces ${KEY}`],
    ["an option without quotes", `olivia@corp namespaces=x ${KEY}`],
    ["an open quote", `olivia@corp namespaces="x ${KEY}`],
    ["words behind a value", `olivia@corp namespaces="x"y ${KEY}`],
    ["a comma too much", `olivia@corp ${OURS}, ${KEY}`],
    ["a comma in front", `olivia@corp ,${OURS} ${KEY}`],
    ["a window that is none", `olivia@corp valid-after="20300101Z",valid-before="20300101Z" ${KEY}`],
    ["a window backwards", `olivia@corp valid-after="20300102Z",valid-before="20300101Z" ${KEY}`],
    ["a key that is no base64", `olivia@corp ssh-ed25519 AAAA!!!!`],
    ["a key of another type", `olivia@corp ssh-rsa ${KEY.split(" ")[1]}`],
    ["an unsupported key", `olivia@corp ssh-dss AAAAB3NzaC1kc3M=`],
    ["a weak key", `olivia@corp ${weak}`],
    ["a low-order key", `olivia@corp ssh-ed25519 ${lowOrder}`],
    ["a control character", `olivia@corp ${KEY} \x07`],
    ["a CR inside", `olivia@corp\r${KEY}`],
    ["two CRs at the end", `olivia@corp ${KEY}\r\r`],
    ["a vertical tab for a blank", `olivia@corp\v${KEY}`],
    ["a no-break space for a blank", `olivia@corp\u00a0${KEY}`],
  ])("refuses the whole file for %s", (_what, line) => {
    const parsed = parseAllowedSigners(`olivia@corp ${KEY}\n\n${line}\nrita@corp ${rita.line}\n`);
    expect(parsed).toMatchObject({ kind: "refused", line: 3, code: "ALLOWLIST_LINE" });
    expect(parsed.kind === "refused" && parsed.says).toMatch(
      /^Line 3 .*: [a-z].*No line of the list was used\./,
    );
  });

  it.each(["20300101", "20300230Z", "2030-01-01", ""])("refuses the whole file for the time %j", (time) => {
    for (const option of ["valid-after", "valid-before"]) {
      const parsed = parseAllowedSigners(`olivia@corp ${option}="${time}" ${KEY}`);
      expect(parsed).toMatchObject({ kind: "refused", line: 1, code: "ALLOWLIST_TIME" });
    }
  });

  it("tells what is wrong", () => {
    const says = (line: string) => {
      const parsed = parseAllowedSigners(line);
      return parsed.kind === "refused" ? parsed.says : "";
    };
    expect(says(`a cert-authority ${KEY}`)).toContain("certificates are not supported");
    expect(says(`a from="x" ${KEY}`)).toContain("an option is not known");
    expect(says(`a namespaces ${KEY}`)).toContain("namespaces needs a quoted value");
    expect(says(`a ${OURS},${OURS} ${KEY}`)).toContain("namespaces stands twice");
    expect(says(`a valid-after="x" ${KEY}`)).toContain("a time is not a real date in UTC");
    expect(says(`a valid-after="20300101Z",valid-before="20300101Z" ${KEY}`)).toContain(
      "valid-before is not after",
    );
    expect(says(`a , ${KEY}`)).toContain("an option cannot be read");
    expect(says(`a ${weak}`)).toContain("its key is refused (KEY_RSA_BITS)");
    expect(says(`"a" ${KEY}`)).toContain("its identities are not plain words");
    expect(says("a")).toContain("a field is missing");
    expect(says(`a ${KEY}\0`)).toContain("it holds a control character");
  });

  it("takes a megabyte and no more, quickly", () => {
    const line = `olivia@corp ${KEY}`;
    const comment = `${line}\n#`;
    expect(parseAllowedSigners(comment.padEnd(1_048_576, "x")).kind).toBe("ok");
    const large = parseAllowedSigners(comment.padEnd(1_048_577, "x"));
    expect(large).toMatchObject({ kind: "refused", says: expect.stringContaining("longer than 1 MiB") });
    const start = performance.now();
    for (const hostile of [
      `a ${'"'.repeat(1_000_000)}`,
      `a ${'x="'.repeat(300_000)}`,
      `a ${",".repeat(1_000_000)}`,
    ]) {
      expect(parseAllowedSigners(hostile).kind).toBe("refused");
    }
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

describe("importAllowedSigners", () => {
  it("takes lines that name the purpose", () => {
    const text = `a ${OURS} ${KEY}\nb namespaces="git,countersign-*" ${rita.line}\n`;
    expect(importAllowedSigners(text, NAMESPACE)).toMatchObject({
      kind: "ok",
      signers: [{ line: 1 }, { line: 2 }],
    });
  });

  it.each([
    ["no purpose", `a ${KEY}`],
    ["another purpose", `a namespaces="git" ${KEY}`],
    ["none at all", `a namespaces="" ${KEY}`],
    ["the purpose shut out", `a namespaces="*,!${NAMESPACE}" ${KEY}`],
    ["a key twice", `b ${OURS} ${KEY}`],
    ["a bad line", "a b"],
  ])("refuses the whole file for %s", (_what, line) => {
    const imported = importAllowedSigners(`a ${OURS} ${KEY}\n${line}\n`, NAMESPACE);
    expect(imported).toMatchObject({ kind: "refused", line: 2, code: "ALLOWLIST_LINE" });
  });

  it("says what to write, and does not repeat a private key", () => {
    const plain = importAllowedSigners(`a ${KEY}`, NAMESPACE);
    expect(plain).toMatchObject({ says: expect.stringContaining(`namespaces="${NAMESPACE}"`) });
    const twice = importAllowedSigners(`a ${OURS} ${KEY}\nb ${OURS} ${KEY}`, NAMESPACE);
    expect(twice).toMatchObject({ says: expect.stringContaining("stands in an earlier line") });
    const secret = importAllowedSigners(
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${"c2VjcmV0".repeat(9)}`,
      NAMESPACE,
    );
    expect(secret).toEqual({ kind: "refused", line: 1, code: "ALLOWLIST_LINE", says: PRIVATE_KEY });
  });
});

describe("admitByList", () => {
  const asked = { principal: "olivia@corp", namespace: NAMESPACE, now: new Date("2030-01-15T12:00:00Z") };
  const outcome = (text: string, change: Partial<typeof asked> = {}, key = olivia) => {
    const read = faultOf(() => admitByList(listOf(text), readPublicKey(key.blob), { ...asked, ...change }));
    return read.kind === "fault" ? read.fault.code : read.value.line;
  };

  it.each<[string, string, number | string]>([
    ["no line", "", "KEY_NOT_ALLOWED"],
    ["another key", `olivia@corp ${rita.line}`, "KEY_NOT_ALLOWED"],
    ["another identity", `rita@corp ${KEY}`, "PRINCIPAL_NOT_ALLOWED"],
    ["another purpose", `olivia@corp namespaces="git" ${KEY}`, "KEY_NAMESPACE_NOT_ALLOWED"],
    ["no purpose", `olivia@corp namespaces="" ${KEY}`, "KEY_NAMESPACE_NOT_ALLOWED"],
    ["a time to come", `olivia@corp valid-after="20300115120001Z" ${KEY}`, "KEY_NOT_VALID_NOW"],
    ["a time gone by", `olivia@corp valid-before="20300115115959Z" ${KEY}`, "KEY_NOT_VALID_NOW"],
    ["its first second", `olivia@corp valid-after="20300115120000Z" ${KEY}`, 1],
    ["its last second", `olivia@corp valid-before="20300115120000Z" ${KEY}`, 1],
    ["an expired line before a good one", `olivia@corp valid-before="20200101Z" ${KEY}\n*@corp ${KEY}`, 2],
    ["a line for somebody else before", `rita@corp ${KEY}\nolivia@corp ${KEY}`, 2],
    ["the first of two good ones", `olivia@corp ${KEY}\n*@corp ${KEY}`, 1],
    [
      "somebody else's good line",
      `olivia@corp namespaces="git" ${KEY}\nrita@corp ${KEY}`,
      "KEY_NAMESPACE_NOT_ALLOWED",
    ],
  ])("with %s", (_what, text, expected) => {
    expect(outcome(text)).toBe(expected);
  });

  it("tells security keys of two applications apart", () => {
    const blob = Buffer.concat([rita.blob.subarray(0, -8), wireString("ssh:other")]);
    expect(outcome(`olivia@corp ${rita.line}`, {}, { ...rita, blob })).toBe("KEY_NOT_ALLOWED");
    expect(outcome(`olivia@corp ${rita.line}`, {}, rita)).toBe(1);
  });
});

describe("isInWindow", () => {
  const at = (text: string) => new Date(`2030-01-01T${text}Z`);
  it.each([
    [null, null, at("12:00:00"), true],
    [at("12:00:00"), null, at("12:00:00"), true],
    [at("12:00:00"), null, at("11:59:59.999"), false],
    [null, at("12:00:00"), at("12:00:00.999"), true],
    [null, at("12:00:00"), at("12:00:01"), false],
    [at("12:00:00"), at("13:00:00"), at("12:30:00"), true],
    [at("12:00:00"), at("13:00:00"), at("13:00:01"), false],
    [at("12:00:00"), at("13:00:00"), at("11:00:00"), false],
  ])("%#", (...[validAfter, validBefore, now, isIn]) => {
    expect(isInWindow({ validAfter, validBefore }, now)).toBe(isIn);
  });
});
