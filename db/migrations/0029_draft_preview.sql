CREATE TABLE "draft_preview" (
	"id" uuid PRIMARY KEY NOT NULL,
	"draft_id" uuid NOT NULL,
	"tenant_id" uuid NOT NULL,
	"source" text NOT NULL,
	"requested_by" uuid NOT NULL,
	"state" text NOT NULL,
	"stages" jsonb,
	"created_at" timestamp with time zone NOT NULL,
	"claimed_by" uuid,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "draft_preview" ADD CONSTRAINT "draft_preview_draft_id_runbook_draft_id_fk" FOREIGN KEY ("draft_id") REFERENCES "public"."runbook_draft"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "draft_preview" ADD CONSTRAINT "draft_preview_tenant_id_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "draft_preview" ADD CONSTRAINT "draft_preview_requested_by_person_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "draft_preview_state" ON "draft_preview" USING btree ("state","created_at");