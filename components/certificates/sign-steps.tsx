import { Download } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { CodeBlock } from "#components/ui/code.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { CERTIFICATE_STEPS, type CertificateStep } from "#server/domain/ssh-certificate/states.ts";
import type { CertificateAnswer } from "./certificate-data.ts";

const WORDS: Record<CertificateStep, string> = {
  actor: "The actor is known and not retired",
  prefix: "Its name begins with its type",
  decision: "The decision allows it",
  ttl: "The hours are within its type's and its own",
  sign: "Signed, and the certificate before it revoked",
};

/** Writes the file from memory. */
function save(certificate: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${certificate}\n`], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The steps of a certificate up to the one that refused, and what came of them. */
export function SignSteps({ answer, actor }: { answer: CertificateAnswer; actor: string }) {
  const fileName = `${actor}-cert.pub`;
  const stopped = answer.kind === "signed" ? -1 : CERTIFICATE_STEPS.indexOf(answer.step);
  return (
    <div className="mt-5 grid max-w-160 gap-3" role="status">
      <ol aria-label="Steps" className="grid gap-1.5">
        {CERTIFICATE_STEPS.map((step, at) => {
          const isReached = stopped === -1 || at <= stopped;
          const state = !isReached ? "locked" : at === stopped ? "failed" : "passed";
          return (
            <li key={step}>
              <StateMark state={state} label={isReached ? WORDS[step] : `Not looked at: ${WORDS[step]}`} />
            </li>
          );
        })}
      </ol>
      {answer.kind === "signed" ? (
        <>
          <CodeBlock title="Certificate" copyText={answer.certificate}>
            <span className="break-all whitespace-pre-wrap">{answer.certificate}</span>
          </CodeBlock>
          <Button
            icon={<Download />}
            className="justify-self-start"
            onClick={() => save(answer.certificate, fileName)}
          >
            Download
          </Button>
          <p className="text-ink-2">
            Signs in as {answer.principals.join(", ")}, ends <RelativeTime at={answer.validBefore} />. Keep it
            beside the key, as <code>NAME-cert.pub</code>.
          </p>
        </>
      ) : (
        <Notice kind={answer.kind === "refused" ? "danger" : "warning"} title={answer.says}>
          <code>{answer.code}</code>
        </Notice>
      )}
    </div>
  );
}
