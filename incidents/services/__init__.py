"""Every verb of the room, by subject: `from incidents import services as incidents`."""

from incidents.services.aid import add_neighbour, advance_aid, request_aid
from incidents.services.alarms import save_run_card, strike_alarm, withdraw_alarm
from incidents.services.callers import look_up_number, see_caller, see_confidential
from incidents.services.calls import (
    discard_call,
    forget_ended_calls,
    park_call,
    restore_call,
    resume_call,
    save_call,
    wish_words_first,
)
from incidents.services.closing import (
    cancel_incident,
    close_incident,
    control_incident,
    hold_incident,
    reopen_incident,
    resolve_incident,
    resume_incident,
    return_incident,
    transfer_incident,
    verify_incident,
)
from incidents.services.commanding import carry_out, say_of_units, send_units, undo
from incidents.services.common import expect_version
from incidents.services.dispatch import cancel_assignment, dispatch_unit, note_recommendation, stack_unit
from incidents.services.editing import edit_incident, raise_incident, set_response_level, start_triage, validate_incident
from incidents.services.exporting import note_export
from incidents.services.feedback import claim_messages, note_failure, note_receipt, note_sent, retry_message, tell_reporters
from incidents.services.files import attach_file, attach_upload, open_attachment
from incidents.services.grouping import link_child, merge_incident, unlink_child, unmerge_incident
from incidents.services.handouts import (
    claim_handout_mail,
    end_handout,
    hand_out,
    note_mail_failure,
    note_mailed,
    open_handout,
    retry_handout_mail,
    take_handout_file,
)
from incidents.services.hazards import load_hazards
from incidents.services.hearing import add_call, continue_call, finish_call, open_call
from incidents.services.help_calls import call_for_help, end_help_call, end_help_calls_of_unit
from incidents.services.importing import Imported, import_history, refresh_statistics
from incidents.services.intake import add_key_question, add_type_rule
from incidents.services.modes import end_mode, switch_mode
from incidents.services.pins import add_pin_answers, check_pin, settle_pin
from incidents.services.plans import activate_plan, save_plan, show_evidence, stand_down_plan
from incidents.services.progress import advance_assignment, decline_assignment, press_crew_key
from incidents.services.reference import add_disposition, add_incident_type
from incidents.services.reporting import attach_report, report_incident
from incidents.services.saying import accept_hint, restore_unit, say_of_unit, take_back_step
from incidents.services.splitting import split_report
from incidents.services.talking import call_contact, free_talk_group, give_talk_group, join_conference
from incidents.services.timing import time_call
from incidents.services.work import advance_task, issue_task, report_note, report_task, strike_note, write_note

__all__ = [
    "Imported",
    "accept_hint",
    "activate_plan",
    "add_call",
    "add_disposition",
    "add_incident_type",
    "add_key_question",
    "add_neighbour",
    "add_pin_answers",
    "add_type_rule",
    "advance_aid",
    "advance_assignment",
    "advance_task",
    "attach_file",
    "attach_report",
    "attach_upload",
    "call_contact",
    "call_for_help",
    "cancel_assignment",
    "cancel_incident",
    "carry_out",
    "check_pin",
    "claim_handout_mail",
    "claim_messages",
    "close_incident",
    "continue_call",
    "control_incident",
    "decline_assignment",
    "discard_call",
    "dispatch_unit",
    "edit_incident",
    "end_handout",
    "end_help_call",
    "end_help_calls_of_unit",
    "end_mode",
    "expect_version",
    "finish_call",
    "forget_ended_calls",
    "free_talk_group",
    "give_talk_group",
    "hand_out",
    "hold_incident",
    "import_history",
    "issue_task",
    "join_conference",
    "link_child",
    "load_hazards",
    "look_up_number",
    "merge_incident",
    "note_export",
    "note_failure",
    "note_mail_failure",
    "note_mailed",
    "note_receipt",
    "note_recommendation",
    "note_sent",
    "open_attachment",
    "open_call",
    "open_handout",
    "park_call",
    "press_crew_key",
    "raise_incident",
    "refresh_statistics",
    "reopen_incident",
    "report_incident",
    "report_note",
    "report_task",
    "request_aid",
    "resolve_incident",
    "restore_call",
    "restore_unit",
    "resume_call",
    "resume_incident",
    "retry_handout_mail",
    "retry_message",
    "return_incident",
    "save_call",
    "save_plan",
    "save_run_card",
    "say_of_unit",
    "say_of_units",
    "see_caller",
    "see_confidential",
    "send_units",
    "set_response_level",
    "settle_pin",
    "show_evidence",
    "split_report",
    "stack_unit",
    "stand_down_plan",
    "start_triage",
    "strike_alarm",
    "strike_note",
    "switch_mode",
    "take_back_step",
    "take_handout_file",
    "tell_reporters",
    "time_call",
    "transfer_incident",
    "undo",
    "unlink_child",
    "unmerge_incident",
    "validate_incident",
    "verify_incident",
    "wish_words_first",
    "withdraw_alarm",
    "write_note",
]
