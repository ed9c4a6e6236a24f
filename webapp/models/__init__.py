"""The tables, one file per aggregate."""
from . import search, triggers  # noqa: F401  (attach the index that cases are searched by, and the written-once triggers)
from .account import Account, Membership
from .attachment import Attachment
from .base import db
from .calendar import CalendarChange, CalendarLayer, CalendarMove, Stamp
from .case import Case, CaseState, CaseUnit, Filing, Recusal
from .consultation import Consultation
from .coverage import CoverageRun
from .deployment import Deployment
from .export import ExportRecord
from .incident import Incident
from .record import IdempotencyKey, LedgerEntry, Message, Outbox, StaffNotice
from .reminder import Reminder
from .token import ApiToken
from .unit import DirectoryFile, Unit
from .work import NEVER, DeadlineRow, MomentRow, Supervision, Task

__all__ = ["NEVER", "Account", "Attachment", "ApiToken", "CalendarChange", "CalendarLayer", "CalendarMove", "Case", "CaseState", "CaseUnit", "Consultation", "CoverageRun", "DeadlineRow", "Deployment", "DirectoryFile",
           "ExportRecord",
           "Filing", "IdempotencyKey", "Incident", "LedgerEntry", "Membership", "Message", "MomentRow", "Outbox", "Recusal", "Reminder", "StaffNotice", "Stamp", "Supervision",
           "Task", "Unit", "db"]
