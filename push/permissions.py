"""The actions of this room. Being told on one's own tablet needs none of its own: whoever may use the tablet's page may."""

from django.utils.translation import gettext_lazy as _

from access.roles import Role, declare

VIEW = declare("push.view", _("See which messages to closed tablets were given up"), Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
