CREATE TABLE "hand_file" (
	"job_id" uuid NOT NULL,
	"step_id" text NOT NULL,
	"name" text NOT NULL,
	"file_name" text NOT NULL,
	"content" "bytea" NOT NULL,
	"digest" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "hand_file_job_id_step_id_name_pk" PRIMARY KEY("job_id","step_id","name")
);
--> statement-breakpoint
CREATE TABLE "hand_record" (
	"job_id" uuid NOT NULL,
	"step_id" text NOT NULL,
	"result" text NOT NULL,
	"person_id" uuid NOT NULL,
	"differs_from" uuid[] NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"given" jsonb,
	"kept" jsonb,
	CONSTRAINT "hand_record_job_id_step_id_pk" PRIMARY KEY("job_id","step_id"),
	CONSTRAINT "hand_record_differs" CHECK (not ("hand_record"."person_id" = any ("hand_record"."differs_from"))),
	CONSTRAINT "hand_record_masked" CHECK (("hand_record"."given" is null) = ("hand_record"."kept" is not null))
);
--> statement-breakpoint
CREATE TABLE "shipped_runbook" (
	"slug" text NOT NULL,
	"content_hash" text NOT NULL,
	"source" text NOT NULL,
	"shipped_at" timestamp with time zone NOT NULL,
	CONSTRAINT "shipped_runbook_slug_content_hash_pk" PRIMARY KEY("slug","content_hash")
);
--> statement-breakpoint
ALTER TABLE "hand_file" ADD CONSTRAINT "hand_file_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hand_record" ADD CONSTRAINT "hand_record_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hand_record" ADD CONSTRAINT "hand_record_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "hand_record_given" ON "hand_record" USING btree ("job_id") WHERE given is not null;--> statement-breakpoint
-- What was handed in is replaced once, by its masked form, and never changed afterwards.
create function hand_record_once() returns trigger language plpgsql as $$
begin
  if old.given is null or new.given is not null then
    raise exception 'what was handed in is masked once and then stays' using errcode = '23514';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger hand_record_once before update on hand_record for each row execute function hand_record_once();
