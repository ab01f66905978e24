"""Addresses of the pages."""

from __future__ import annotations

from django.contrib.auth import views as auth
from django.urls import URLPattern, path

from einig.web.views import (
    account,
    agreement,
    enacting,
    follow_up,
    handoffs,
    ideal_lead,
    inbox,
    leads,
    public,
    report,
    review,
    settings,
    sources,
)
from einig.web.views.live import live

_RESET = auth.PasswordResetView.as_view(
    template_name="web/password_reset.html", email_template_name="web/password_mail.txt"
)
_RESET_SENT = auth.PasswordResetDoneView.as_view(template_name="web/password_sent.html")
_NEW = auth.PasswordResetConfirmView.as_view(template_name="web/password_new.html")
_DONE = auth.PasswordResetCompleteView.as_view(template_name="web/password_done.html")

urlpatterns: list[URLPattern] = [
    path("", account.home, name="home"),
    path("sign-in", account.SignIn.as_view(), name="sign_in"),
    path("sign-out", auth.LogoutView.as_view(), name="sign_out"),
    path("password", _RESET, name="password_reset"),
    path("password/sent", _RESET_SENT, name="password_reset_done"),
    path("password/<uidb64>/<token>", _NEW, name="password_reset_confirm"),
    path("password/done", _DONE, name="password_reset_complete"),
    path("welcome/<token>", account.welcome, name="welcome"),
    path("language", account.language, name="language"),
    path("absence", account.absence, name="absence"),
    path("absence/<int:absence>/remove", account.remove_absence, name="absence_remove"),
    path("live", live, name="live"),
    path("health", public.health, name="health"),
    path("f/unsubscribe/<token>", public.unsubscribe, name="unsubscribe"),
    path("f/<key>", public.form, name="form"),
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/<lead_id>", inbox.inbox, name="inbox_lead"),
    path("handoffs/<int:handoff_id>/accept", handoffs.accept, name="accept"),
    path("handoffs/<int:handoff_id>/attempt", handoffs.attempt, name="attempt"),
    path("handoffs/<int:handoff_id>/later", handoffs.put_off, name="put_off"),
    path("handoffs/<int:handoff_id>/return", handoffs.give_back, name="give_back"),
    path("handoffs/<int:handoff_id>/give-up", handoffs.give_up, name="give_up"),
    path("handoffs/<int:handoff_id>/answered", handoffs.answered, name="answered"),
    path("handoffs/<int:handoff_id>/reassign", handoffs.reassign, name="reassign"),
    path("leads", leads.index, name="leads"),
    path("leads/new", leads.new, name="lead_new"),
    path("call", leads.call, name="call"),
    path("leads/<lead_id>", leads.one, name="lead"),
    path("leads/<lead_id>/say", leads.say, name="lead_say"),
    path("leads/<lead_id>/answer/<int:feedback_id>", leads.answer, name="lead_answer"),
    path("leads/<lead_id>/advance", leads.advance, name="lead_advance"),
    path("leads/<lead_id>/win", leads.win, name="lead_win"),
    path("leads/<lead_id>/lose", leads.lose, name="lead_lose"),
    path("leads/<lead_id>/edit", leads.edit, name="lead_edit"),
    path("agreement", agreement.current, name="agreement"),
    path("agreement/draft", agreement.draft, name="draft"),
    path("agreement/<int:number>", agreement.one, name="version"),
    path("agreement/<int:number>/draft", agreement.draft, name="version_edit"),
    path("agreement/<int:number>/propose", agreement.propose, name="version_propose"),
    path("agreement/<int:number>/withdraw", agreement.withdraw, name="version_withdraw"),
    path("agreement/<int:number>/sign", agreement.sign, name="version_sign"),
    path("agreement/<int:number>/yaml", agreement.yaml, name="version_yaml"),
    path("agreement/<int:number>/foresee", enacting.foresee, name="version_foresee"),
    path("agreement/<int:number>/effect", enacting.effect, name="version_effect"),
    path("agreement/<int:number>/leads/<which>", enacting.leads, name="version_leads"),
    path("ideal-lead", ideal_lead.index, name="ideal_lead"),
    path("ideal-lead/<int:study_id>/draft", ideal_lead.draft, name="ideal_lead_draft"),
    path("ideal-lead/<int:study_id>/column", ideal_lead.column, name="ideal_lead_column"),
    path("review", review.index, name="review"),
    path("review/<int:look_id>", review.judge, name="review_judge"),
    path("review/<int:look_id>/again", review.again, name="review_again"),
    path("follow-up", follow_up.index, name="follow_up"),
    path("nurture", follow_up.nurture, name="nurture"),
    path("nurture/<int:entry_id>/called", handoffs.nurture_called, name="nurture_called"),
    path("sources", sources.index, name="sources"),
    path("sources/<int:source_id>", sources.one, name="source"),
    path("received", sources.received, name="received"),
    path("report", report.index, name="report"),
    path("report/<code>/<one>", report.leads, name="report_way"),
    path("report/<code>/<one>/without/<other>", report.leads, name="report_difference"),
    path("glossary", report.glossary, name="glossary"),
    path("settings", settings.index, name="settings"),
    path("settings/people", settings.staff, name="people"),
    path("settings/people/<int:user_id>", settings.person, name="person"),
    path("settings/teams", settings.add_team, name="team_add"),
    path("settings/import", settings.import_file, name="import"),
    path("settings/audit", settings.audit_trail, name="audit"),
]
