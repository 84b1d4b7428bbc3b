"""Tables of the room, by subject."""

from alerts.models.alarms import ANNUNCIATED as ANNUNCIATED
from alerts.models.alarms import LONGEST_SHELF as LONGEST_SHELF
from alerts.models.alarms import OWN_CLOCK as OWN_CLOCK
from alerts.models.alarms import UNANSWERED as UNANSWERED
from alerts.models.alarms import Alarm as Alarm
from alerts.models.alarms import AlarmRule as AlarmRule
from alerts.models.alarms import Pulse as Pulse
from alerts.models.alarms import Source as Source
from alerts.models.alarms import State as State
from alerts.models.alarms import Watch as Watch
from alerts.models.alarms import WelfareCheck as WelfareCheck
from alerts.models.paging import Chain as Chain
from alerts.models.paging import ChainStep as ChainStep
from alerts.models.paging import Escalation as Escalation
from alerts.models.paging import Page as Page
from alerts.models.paging import PageDelivery as PageDelivery
