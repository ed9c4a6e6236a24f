"""The words every scenario, form, diagram and report shares; what is not listed here is a slip of the pen."""
from __future__ import annotations

import re

TASKS = set("""screen accept receive compare dispatch sign handle assist interim_reply progress_report approve_return sign_extension approve_extension
coordinate review principal_approval verify feedback revisit explain formal_letter review_letter supplement rate examine answer supervise remind
escalate_leader inspect refer_discipline archive moderate edit assign consider publish""".split())

ACTIONS = set("""request_extension ask_claimant add_information notify_rectification order_revisit release_assist enter_proper_reason request_return recuse
withdraw order_supervision refer_discipline""".split())

FIELDS = set("""decision unit basis reason body respondent complex urgent urgent_due right_body materials days line note case lead_unit co_units contact_time
contact_note text facts policy_basis question handler satisfied dissatisfied_reason documents rectified unreasonable major nature finding claim
handler_contact onsite_time closing what new_evidence how file_with_inspection sensitive consent_signed rating false_closure comment article mode next
until progress attachments suggestion verifier_name verifier_contact trigger instruction""".split())

FILE_KEYS = set("channel office type category respondent claimant title text consultation place address occurred_on documents sample".split())
CLAIMANT_KEYS = set("kind name phone email id_number occupation confidential anonymous address credit_code contact".split())
SCENARIO_KEYS = {"scenario", "procedure", "before", "at", "file", "steps", "expect", "sample"}
BEFORE_KEYS = {"alias", "at", "file", "steps", "sample"}
STEP_KEYS = {"at", "as", "do", "with", "expect", "refused", "calendar", "case"}
EXPECT_KEYS = {"open", "assigned", "deadlines", "supervisions", "status", "outcome", "round", "ledger", "told", "sees", "flags", "merged_into"}
DEADLINE_KEYS = {"due", "status", "light", "extensions", "provisional", "basis"}
SUPERVISION_KEYS = {"trigger", "mode", "unit", "status"}
CALENDAR_KEYS = {"layer", "add", "remove", "basis"}
DEADLINES = set("receive accept notice dispatch sign return_window interim handle progress supplement letter rework cooperate moderate consider".split())
ROLES = set("intake dispatcher clerk unit_head approver supervisor revisitor leader policy admin auditor".split())
CONSULTATION_KEYS = {"kind", "title", "opens", "closes"}
CONSULTATION_KINDS = {"document", "rule"}
EXPECTED_LISTS = {"open", "supervisions", "ledger", "told", "flags"}
EXPECTED_MAPPINGS = {"assigned", "deadlines", "sees"}
NOBODY = ("citizen", "system")                                      # who acts without an account
LOGIN = re.compile(r"([a-z0-9/-]+)\.([a-z_]+)(#2)?", re.ASCII)      # an account: unit.role, and the second person in it
