import { LinkTabs } from "#components/ui/tabs.tsx";

const TABS = [
  { value: "actors", label: "Actors" },
  { value: "decisions", label: "Decisions" },
  { value: "policies", label: "Policy" },
  { value: "service", label: "Service" },
  { value: "certificates", label: "Certificates" },
  { value: "backend", label: "Backend" },
];

/** The places of this part of the console. */
export function AccessTabs({ current }: { current: string }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] pb-4">
      <LinkTabs label="Access" tabs={TABS} current={current} hrefOf={(value) => `/access/${value}`} />
    </div>
  );
}
