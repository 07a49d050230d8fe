import type { HostContent } from "#server/domain/host/host.ts";

/** Ours around a block: options of ssh(1) that pin everything and take nothing from any configuration (ssh_config(5)). */
const OPTIONS = [
  "BatchMode=yes",
  "StrictHostKeyChecking=yes",
  "GlobalKnownHostsFile=/dev/null",
  "HostKeyAlias=countersign-host",
  "CheckHostIP=no",
  "UpdateHostKeys=no",
  "VerifyHostKeyDNS=no",
  "IdentitiesOnly=yes",
  "IdentityAgent=none",
  "PKCS11Provider=none",
  "PreferredAuthentications=publickey",
  "PasswordAuthentication=no",
  "KbdInteractiveAuthentication=no",
  "ClearAllForwardings=yes",
  "ForwardAgent=no",
  "ForwardX11=no",
  "PermitLocalCommand=no",
  "ProxyCommand=none",
  "ControlMaster=no",
  "ControlPath=none",
  "CanonicalizeHostname=no",
  "EscapeChar=none",
  "RequestTTY=no",
  "ConnectTimeout=15",
  "ServerAliveInterval=15",
  "ServerAliveCountMax=3",
  "LogLevel=ERROR",
].map((option) => `-o ${option}`);

/** Exit code of ssh for its own failures (ssh(1), EXIT STATUS); a block's own 255 is told as 254. */
export const SSH_FAILED = 255;

/**
 * What runs on this machine for a block on another one. Constant: where to and as whom come by environment, the key, the
 * pinned host keys and the block as private files. ssh does not hear a polite end: the pipe that it reads from does, its
 * end reaches the other machine, and that ends the block there before ssh ends here.
 *
 * The other machine says that it has read everything and waits for a word before it begins. A connection that fails
 * before it said so has begun nothing, for certain; after that nobody can know.
 */
export const SSH_SCRIPT = `command -v ssh >/dev/null || { echo 'This machine has no ssh.' >&2; exit ${SSH_FAILED}; }
trap : TERM INT HUP
code=0
begun=$(cat "$COUNTERSIGN_SECRETS/begun")
go="$HOME/go"
certificate=()
[ ! -e "$COUNTERSIGN_SECRETS/ssh_certificate" ] ||
  certificate=(-o "CertificateFile=\\"$COUNTERSIGN_SECRETS/ssh_certificate\\"")
exec 5> >(
  trap '' TERM INT HUP
  while IFS= read -r line || [ -n "$line" ]; do
    printf '%s\n' "$line" >&2
    [ "$line" != "$begun" ] || { : >"$go"; break; }
  done
  exec cat >&2
)
tells=$!
(
  trap '' TERM INT HUP
  exec ssh -F none -T -x -a ${OPTIONS.join(" ")} \\
    -o "UserKnownHostsFile=\\"$COUNTERSIGN_SECRETS/known_hosts\\"" -i "$COUNTERSIGN_SECRETS/ssh_key" \\
    \${certificate[@]+"\${certificate[@]}"} \\
    -p "$BLOCK_SSH_PORT" -l "$BLOCK_SSH_USER" -- "$BLOCK_SSH_ADDRESS" 'exec bash --noprofile --norc -s' 2>&5 5>&-
) < <(
  exec 5>&-
  cat "$COUNTERSIGN_SECRETS/remote_script"
  until [ -e "$go" ]; do sleep 0.02 2>/dev/null; done
  echo go
  exec sleep 86400 2>/dev/null
) || code=$?
exec 5>&-
wait "$tells" || :
exit "$code"
`;

export function sshEnvironment(host: Extract<HostContent, { kind: "ssh" }>): Record<string, string> {
  return { BLOCK_SSH_ADDRESS: host.address, BLOCK_SSH_PORT: String(host.port), BLOCK_SSH_USER: host.user };
}

/** What the other machine says when it has read everything and waits to begin. */
export function begunLine(runId: string): string {
  return `countersign begins ${runId}`;
}

export function knownHosts(host: Extract<HostContent, { kind: "ssh" }>): string {
  return host.hostKeys.map((line) => `countersign-host ${line}\n`).join("");
}

/**
 * What bash on the other machine reads from its standard input: one compound command, read whole before it begins, so
 * that no block can read the rest of it. The block is a private file with an environment of its own and no input. When
 * the connection ends, or time is up, a watchman ends the block's group and whatever still carries the run's mark, which
 * is not the mark of processes on this side: both may be one machine.
 */
export function remoteScript(of: {
  runId: string;
  script: string;
  environment: { readonly [name: string]: string };
  timeSeconds: number;
  /** By file name, for the folder that COUNTERSIGN_SECRETS names there. */
  secrets: ReadonlyMap<string, string>;
}): string {
  const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");
  const files = [...of.secrets].map(
    ([name, value]) => `printf %s ${base64(value)} | base64 -d >"$cs_dir/secrets/${name}" || cs_end 254\n`,
  );
  const set = Object.entries(of.environment).map(([name, value]) => `export ${name}=${quoted(value)}`);
  return `{
umask 077
trap '' HUP PIPE TERM INT
cs_dir=$(mktemp -d "\${TMPDIR:-/tmp}/countersign-run-XXXXXXXX") || exit 254
cs_mark=COUNTERSIGN_BLOCK=${of.runId}
cs_end() { rm -rf -- "$cs_dir"; exit "$1"; }
printf %s ${base64(of.script)} | base64 -d >"$cs_dir/block.sh" || cs_end 254
mkdir "$cs_dir/secrets" || cs_end 254
${files.join("")}exec 4<&0 </dev/null
echo '${begunLine(of.runId)}' >&2
IFS= read -r -t 30 cs_go <&4 && [ "$cs_go" = go ] || cs_end 254
cs_group() { kill "-$1" -- "-$cs_block" 2>/dev/null; }
cs_sweep() {
  for cs_round in 1 2 3 4 5 6 7 8 9 10; do
    cs_left=$(grep -lzxF -- "$cs_mark" /proc/[0-9]*/environ)
    [ -n "$cs_left" ] || break
    for cs_env in $cs_left; do
      cs_pid=\${cs_env#/proc/}
      kill -KILL "\${cs_pid%/environ}"
    done
    sleep 0.05
  done
} 2>/dev/null
cs_setsid=
if command -v setsid >/dev/null; then cs_setsid=setsid; else set -m; fi
(
  trap - HUP PIPE TERM INT
  for cs_name in $(compgen -e); do
    case $cs_name in HOME | USER | LOGNAME | SHELL | PATH) ;; *) unset "$cs_name" ;; esac
  done
  export LANG=C.UTF-8 TZ=UTC TERM=dumb PAGER=cat GIT_TERMINAL_PROMPT=0 "$cs_mark" COUNTERSIGN_SECRETS="$cs_dir/secrets"
${set.map((line) => `  ${line}\n`).join("")}  exec $cs_setsid bash --noprofile --norc -euo pipefail "$cs_dir/block.sh" </dev/null 4<&-
) &
cs_block=$!
set +m
# From here on only the block speaks: bash would tell of every job that it ends.
exec >/dev/null 2>&1
(
  IFS= read -r -t ${of.timeSeconds} cs_line <&4
  cs_group TERM && for cs_wait in 1 2 3 4 5 6 7 8 9 10; do cs_group 0 || break; sleep 0.1; done
  cs_group KILL
  cs_sweep
) </dev/null >/dev/null 2>&1 &
cs_watch=$!
wait "$cs_block"
cs_code=$?
kill -KILL "$cs_watch" 2>/dev/null
cs_group KILL
cs_sweep
rm -rf -- "$cs_dir"
[ "$cs_code" -ne ${SSH_FAILED} ] || cs_code=254
exit "$cs_code"
}
`;
}

/** POSIX single quotes. Values have narrow types and hold none; this is what keeps it so if one ever did. */
const quoted = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;
