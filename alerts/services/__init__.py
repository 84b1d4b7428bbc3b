"""The verbs of the room, by subject."""

from alerts.services.answering import AlarmOver as AlarmOver
from alerts.services.answering import GravestIsNotShelved as GravestIsNotShelved
from alerts.services.answering import NotShelved as NotShelved
from alerts.services.answering import ShelfTooLong as ShelfTooLong
from alerts.services.answering import acknowledge_alarms as acknowledge_alarms
from alerts.services.answering import shelve_alarm as shelve_alarm
from alerts.services.answering import unshelve_alarm as unshelve_alarm
from alerts.services.chains import NewChain as NewChain
from alerts.services.chains import NewStep as NewStep
from alerts.services.chains import add_chain as add_chain
from alerts.services.paging import PageIsAnswered as PageIsAnswered
from alerts.services.paging import answer_page as answer_page
from alerts.services.paging import call_post as call_post
from alerts.services.paging import note_delivery as note_delivery
from alerts.services.paging import page_called_post as page_called_post
from alerts.services.watching import Looked as Looked
from alerts.services.watching import look_around as look_around
from alerts.services.welfare import NotOnScene as NotOnScene
from alerts.services.welfare import confirm_welfare as confirm_welfare
