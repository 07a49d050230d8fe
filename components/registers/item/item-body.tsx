"use client";

import { Pencil } from "lucide-react";
import { useState } from "react";
import { CheckInDrawer } from "#components/checks/check-in-drawer.tsx";
import type { Facets, ItemView } from "#components/registers/board/board-data.ts";
import { ItemActs } from "#components/registers/acts/item-acts.tsx";
import { boardHref } from "#components/registers/board/list-params.ts";
import { Button } from "#components/ui/button.tsx";
import { KeyValueList } from "#components/ui/key-value.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { TabPanel, Tabs } from "#components/ui/tabs.tsx";
import { ItemEdit } from "./item-edit.tsx";
import { ItemFields } from "./item-fields.tsx";
import { ItemGraph } from "./item-graph.tsx";
import { ItemHistory } from "./item-history.tsx";
import { ItemLinks } from "./item-links.tsx";

const TABS = [
  { value: "item", label: "Item" },
  { value: "links", label: "Links" },
  { value: "history", label: "History" },
] as const;

/** What an item is, says and went through: the same in the drawer and on its page. */
export function ItemBody({ item, people }: { item: ItemView; people: Facets["people"] }) {
  const [isEditing, setEditing] = useState(false);
  if (isEditing) return <ItemEdit item={item} people={people} onDone={() => setEditing(false)} />;
  return (
    <div className="grid grid-cols-1 gap-5">
      <Facts item={item} />
      <Tabs label={`About ${item.code}`} tabs={TABS} defaultValue="item">
        <TabPanel value="item">
          <div className="grid grid-cols-1 gap-4">
            <ItemFields fields={item.fields} />
            <Button
              icon={<Pencil />}
              className="justify-self-start"
              disabledReason={item.may.edit.allowed ? null : item.may.edit.says}
              onClick={() => setEditing(true)}
            >
              Edit
            </Button>
            {item.kind === "V" && <CheckInDrawer itemId={item.id} />}
            <ItemActs itemId={item.id} />
          </div>
        </TabPanel>
        <TabPanel value="links">
          <div className="grid grid-cols-1 gap-5">
            <ItemGraph itemId={item.id} />
            <ItemLinks links={item.links} backLinks={item.backLinks} />
          </div>
        </TabPanel>
        <TabPanel value="history">
          <ItemHistory itemId={item.id} />
        </TabPanel>
      </Tabs>
    </div>
  );
}

function Facts({ item }: { item: ItemView }) {
  const rows = [
    { key: "Owner", value: item.ownerName ?? <span className="text-ink-3">Nobody</span> },
    { key: "Due", value: item.dueOn ?? <span className="text-ink-3">No date</span> },
    ...(item.differsFromName === null ? [] : [{ key: "Not by", value: item.differsFromName }]),
    ...(item.countsUntil === null
      ? []
      : [{ key: "Counts until", value: <RelativeTime at={item.countsUntil} /> }]),
    ...(item.firedBecause === null ? [] : [{ key: "Trigger fired", value: item.firedBecause }]),
    {
      key: "Document",
      value: <Link href={boardHref({ document: item.documentId, show: "all" })}>{item.documentPath}</Link>,
    },
    {
      key: "Changed",
      value: (
        <>
          <RelativeTime at={item.changedAt} />, revision {item.revision}
        </>
      ),
    },
  ];
  return <KeyValueList rows={rows} />;
}
