import { randomBytes } from "node:crypto";

export type GuestKind = "qemu" | "lxc";

export interface GuestRecord {
  vmid: number;
  node: string;
  kind: GuestKind;
  status: "running" | "stopped";
  /** As the configuration file holds it: texts, whatever they mean. */
  config: Record<string, string>;
}

export interface VolumeRecord {
  node: string;
  storage: string;
  /** `local:backup/vzdump-qemu-101.vma.zst`. */
  volid: string;
  content: "images" | "rootdir" | "backup";
  vmid: number;
  size: number;
}

/** What a task does to the world when its time has come. */
export type TaskEffect =
  | { kind: "status"; vmid: number; status: GuestRecord["status"] }
  | { kind: "created"; vmid: number }
  | { kind: "removed"; vmid: number }
  | { kind: "restored"; guest: GuestRecord }
  | { kind: "volume_removed"; volid: string }
  | { kind: "config"; vmid: number };

export interface TaskRecord {
  upid: string;
  node: string;
  type: string;
  id: string;
  user: string;
  /** Seconds since 1970, as the hypervisor counts. */
  startTime: number;
  endsAtMs: number;
  effect: TaskEffect;
  /** How it will end; "OK" or the words of what went wrong. */
  exitStatus: string;
  isOver: boolean;
}

export interface TokenRecord {
  /** `user@realm!name`. */
  id: string;
  secret: string;
}

export interface HypervisorState {
  /** The token that clouds.yaml gets. */
  tokenId: string;
  tokenSecret: string;
  /** Every token that is accepted; absent: that one alone. */
  tokens?: TokenRecord[];
  nodes: string[];
  guests: GuestRecord[];
  volumes: VolumeRecord[];
  tasks: TaskRecord[];
  /** How long a task takes. */
  taskMs: number;
  /** The next task that begins ends with an error. */
  isNextTaskBad: boolean;
}

const TASK_MS = 400;
const GIB = 1024 ** 3;

/** One node with a handful of guests, none of them exactly as somebody would want it. */
export function initialHypervisorState(): HypervisorState {
  return {
    tokenId: "countersign@pve!console",
    tokenSecret: randomBytes(16).toString("hex"),
    nodes: ["pve1"],
    guests: [
      guest(101, "qemu", {
        name: "web",
        cores: "2",
        memory: "2048",
        description: "Front door\n",
        tags: "prod;web",
        scsi0: "local-lvm:vm-101-disk-0,size=32G",
      }),
      guest(102, "lxc", { hostname: "db", cores: "2", memory: "1024", tags: "prod", onboot: "1" }),
      guest(103, "qemu", { name: "build", memory: "4096", cores: "4", status: "stopped" }),
      guest(104, "qemu", {
        name: "old-wiki",
        memory: "1024",
        status: "stopped",
        scsi0: "local-lvm:vm-104-disk-0,size=32G",
        scsi1: "local-lvm:vm-104-disk-1,size=32G",
      }),
    ],
    volumes: [
      { ...volume("local:backup/vzdump-qemu-104-2026_01_01-00_00_00.vma.zst", "backup", 104), size: 2 * GIB },
      volume("local-lvm:vm-104-disk-0", "images", 104),
      volume("local-lvm:vm-104-disk-1", "images", 104),
      volume("local-lvm:vm-101-disk-0", "images", 101),
    ],
    tasks: [],
    taskMs: TASK_MS,
    isNextTaskBad: false,
  };
}

function guest(
  vmid: number,
  kind: GuestKind,
  { status = "running", ...config }: Record<string, string> & { status?: GuestRecord["status"] },
): GuestRecord {
  const meta = kind === "qemu" ? { meta: `creation-qemu=9.0.2,ctime=17000${vmid}00` } : {};
  return { vmid, node: "pve1", kind, status, config: { ...config, ...meta } };
}

function volume(volid: string, content: VolumeRecord["content"], vmid: number): VolumeRecord {
  return { node: "pve1", storage: volid.split(":")[0] ?? "", volid, content, vmid, size: 32 * GIB };
}
