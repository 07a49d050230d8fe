"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "#components/trpc/api.ts";
import { errorOfField, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog, DialogContent, DialogTrigger } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Link } from "#components/ui/link.tsx";

/** Views that somebody kept, and the form that keeps this one. */
export function ViewsMenu({ query }: { query: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data } = useQuery(trpc.items.views.queryOptions({}));
  const [name, setName] = useState("");
  const [isShared, setShared] = useState(false);
  const onSuccess = () => queryClient.invalidateQueries(trpc.items.views.pathFilter());
  const save = useMutation(trpc.items.saveView.mutationOptions({ onSuccess }));
  const remove = useMutation(trpc.items.removeView.mutationOptions({ onSuccess }));
  const views = data?.views ?? [];
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button icon={<Bookmark />}>Views</Button>
      </DialogTrigger>
      <DialogContent
        title="Views"
        description="A view is a list with its filters, order and groups, under a name. A shared one is seen by everybody."
      >
        <form
          className="grid gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate({ name, query, isShared }, { onSuccess: () => setName("") });
          }}
        >
          <Field label="Keep this list as" error={errorOfField(save.error, "name")}>
            {(control) => (
              <Input
                {...control}
                maxLength={80}
                value={name}
                onChange={({ target }) => setName(target.value)}
              />
            )}
          </Field>
          <Checkbox
            label="Share it with everybody"
            checked={isShared}
            onChange={() => setShared(!isShared)}
          />
          <RefusalNotice error={save.error ?? remove.error} />
          <Button type="submit" pending={save.isPending} className="justify-self-start">
            Keep view
          </Button>
        </form>
        <ul className="mt-4 grid gap-1 border-t border-line pt-3">
          {views.length === 0 && (
            <li className="text-ink-2">No views yet. Filter the list, then keep it here.</li>
          )}
          {views.map((view) => (
            <li key={view.id} className="flex items-center gap-2">
              <Link
                href={`/registers/items${view.query === "" ? "" : `?${view.query}`}`}
                className="min-w-0 flex-1 truncate"
              >
                {view.name}
              </Link>
              <span className="text-small text-ink-3">
                {view.isMine ? (view.isShared ? "mine, shared" : "mine") : view.ownerName}
              </span>
              {view.isMine && (
                <Button
                  size="sm"
                  variant="ghost"
                  aria-label={`Remove the view ${view.name}`}
                  onClick={() => remove.mutate({ viewId: view.id })}
                >
                  Remove
                </Button>
              )}
            </li>
          ))}
        </ul>
      </DialogContent>
    </Dialog>
  );
}
