CREATE TABLE "part_reading" (
	"id" uuid PRIMARY KEY NOT NULL,
	"runbook_version_id" uuid NOT NULL,
	"slug" text NOT NULL,
	"stage_key" text NOT NULL,
	"part" text NOT NULL,
	"chain" text NOT NULL,
	"person_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "part_reading" ADD CONSTRAINT "part_reading_runbook_version_id_runbook_version_id_fk" FOREIGN KEY ("runbook_version_id") REFERENCES "public"."runbook_version"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "part_reading" ADD CONSTRAINT "part_reading_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "part_reading_slug" ON "part_reading" USING btree ("slug","chain","at");