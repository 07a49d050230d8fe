DROP INDEX "check_result_item";--> statement-breakpoint
DROP INDEX "ruling_item";--> statement-breakpoint
ALTER TABLE "check_result" ADD COLUMN "seq" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "check_result_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
ALTER TABLE "item" ADD COLUMN "target" jsonb;--> statement-breakpoint
ALTER TABLE "ruling" ADD COLUMN "seq" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "ruling_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
CREATE INDEX "check_result_item" ON "check_result" USING btree ("item_id","seq");--> statement-breakpoint
CREATE INDEX "ruling_item" ON "ruling" USING btree ("item_id","seq");