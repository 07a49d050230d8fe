CREATE TABLE "change_freeze" (
	"id" uuid PRIMARY KEY NOT NULL,
	"set_by" uuid NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"lifted_by" uuid,
	"lifted_at" timestamp with time zone,
	CONSTRAINT "change_freeze_lifted" CHECK (("change_freeze"."lifted_by" is null) = ("change_freeze"."lifted_at" is null))
);
--> statement-breakpoint
CREATE TABLE "proposal" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" integer GENERATED ALWAYS AS IDENTITY (sequence name "proposal_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"content" jsonb NOT NULL,
	"rendering" jsonb NOT NULL,
	"digest" text NOT NULL,
	"requested_by" uuid NOT NULL,
	"reason" text NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"decided_by" uuid,
	"decision_reason" text,
	"decided_at" timestamp with time zone,
	CONSTRAINT "proposal_number_unique" UNIQUE("number"),
	CONSTRAINT "proposal_second_person" CHECK ("proposal"."decided_by" <> "proposal"."requested_by"),
	CONSTRAINT "proposal_decided" CHECK (("proposal"."state" in ('applied', 'rejected')) = ("proposal"."decided_by" is not null and "proposal"."decided_at" is not null))
);
--> statement-breakpoint
ALTER TABLE "change_freeze" ADD CONSTRAINT "change_freeze_set_by_person_id_fk" FOREIGN KEY ("set_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "change_freeze" ADD CONSTRAINT "change_freeze_lifted_by_proposal_id_fk" FOREIGN KEY ("lifted_by") REFERENCES "public"."proposal"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proposal" ADD CONSTRAINT "proposal_requested_by_person_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proposal" ADD CONSTRAINT "proposal_decided_by_person_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "change_freeze_one" ON "change_freeze" USING btree ((true)) WHERE lifted_at is null;--> statement-breakpoint
CREATE INDEX "proposal_state" ON "proposal" USING btree ("state","number");--> statement-breakpoint
create trigger announce after insert or update on proposal for each row execute function announce_change();
--> statement-breakpoint
create trigger announce after insert or update on change_freeze for each row execute function announce_change();
