import { createHash } from "node:crypto";
import { PveFault } from "./answer.ts";
import { isVolumeName, takeOut } from "./disks.ts";
import type { GuestRecord, HypervisorState } from "./state.ts";

type Check = (value: string) => boolean;

const between =
  (least: number, most: number): Check =>
  (value) =>
    /^\d{1,12}$/.test(value) && Number(value) >= least && Number(value) <= most;
const text: Check = (value) => value.length <= 8192;
const flag: Check = (value) => /^(?:0|1|on|off|yes|no|true|false)$/i.test(value);
const tags: Check = (value) => /^(?:[a-z0-9_][a-z0-9_\-+.]*(?:[;, ]+|$))*$/i.test(value);

/** Settings that a configuration takes: https://pve.proxmox.com/pve-docs/api-viewer/. */
const SETTINGS: ReadonlyMap<string, Check> = new Map([
  ["name", text],
  ["hostname", text],
  ["cores", between(1, 8192)],
  ["memory", between(16, 67_108_864)],
  ["description", text],
  ["tags", tags],
  ["onboot", flag],
  ["smbios1", text],
]);

/** Writes settings, or refuses all of them. `delete` is a list of names; `digest` has to be that of what is there. */
export function writeConfig(
  state: HypervisorState,
  guest: GuestRecord,
  parameters: Readonly<Record<string, string>>,
): void {
  const { delete: removed = "", digest, ...settings } = parameters;
  if (digest !== undefined && digest !== digestOf(guest)) {
    throw new PveFault(500, "detected modified configuration - file changed by other user? Try again.");
  }
  checkSettings(settings);
  for (const [name, value] of Object.entries(settings)) guest.config[name] = stored(name, value);
  for (const name of removed.split(/[;, ]+/)) {
    if (SETTINGS.has(name)) delete guest.config[name];
    else if (isVolumeName(name)) takeOut(state, guest, name);
  }
}

/** Throws a 400 that names every parameter that is wrong. */
export function checkSettings(settings: Readonly<Record<string, string>>): void {
  const errors: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings)) {
    const check = SETTINGS.get(name);
    if (check === undefined) {
      errors[name] = "property is not defined in schema and the schema does not allow additional properties";
    } else if (!check(value)) errors[name] = `value '${value.slice(0, 40)}' is not usable`;
  }
  if (Object.keys(errors).length > 0) throw new PveFault(400, "Parameter verification failed.", errors);
}

/** What is kept is not what was written: a line end more, tags sorted, each once, in small letters. */
function stored(name: string, value: string): string {
  if (name === "description") return value.endsWith("\n") ? value : `${value}\n`;
  if (name === "onboot") return /^(?:1|on|yes|true)$/i.test(value) ? "1" : "0";
  if (name !== "tags") return value;
  const words = value.split(/[;, ]+/).filter((word) => word !== "");
  return [...new Set(words.map((word) => word.toLowerCase()))].sort().join(";");
}

/** The configuration as it is answered: memory of a virtual machine is a text, that of a container a number. */
export function configView(guest: GuestRecord): Record<string, unknown> {
  const shown = Object.entries(guest.config).map(([name, value]): [string, unknown] => {
    const isNumber = name === "cores" || name === "onboot" || (name === "memory" && guest.kind === "lxc");
    return [name, isNumber ? Number(value) : value];
  });
  return { ...Object.fromEntries(shown), digest: digestOf(guest) };
}

const digestOf = ({ config }: GuestRecord) =>
  createHash("sha1")
    .update(JSON.stringify(config, Object.keys(config).sort()))
    .digest("hex");
