"""The actions of this room. Looking at the map needs none: every signed-in person may."""

from django.utils.translation import gettext_lazy as _

from access.roles import Role, declare

LOAD = declare("gis.load", _("Load regions, roads and places, and build the basemap"), Role.ADMIN, Role.IMPORTER)
