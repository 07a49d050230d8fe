CREATE TABLE "recall_item" (
	"slug" text NOT NULL,
	"stage_key" text NOT NULL,
	"stage_hash" text NOT NULL,
	"tenant_id" uuid NOT NULL,
	"item_id" uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"raised_by" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "recall_item_slug_stage_key_stage_hash_tenant_id_pk" PRIMARY KEY("slug","stage_key","stage_hash","tenant_id")
);
--> statement-breakpoint
ALTER TABLE "recall_item" ADD CONSTRAINT "recall_item_tenant_id_tenant_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "public"."tenant"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recall_item" ADD CONSTRAINT "recall_item_item_id_item_id_fk" FOREIGN KEY ("item_id") REFERENCES "public"."item"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recall_item" ADD CONSTRAINT "recall_item_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recall_item" ADD CONSTRAINT "recall_item_raised_by_person_id_fk" FOREIGN KEY ("raised_by") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;