"""Every verb of the room: `from files import services as files`."""

from files.services.checking import accept_file, keep_waiting, refuse_file, take_up
from files.services.common import AdoptedElsewhere, FileGone, FileTooLarge, FileWaits, NotAccepted
from files.services.receiving import Captured, append_bytes, begin_file, finish_file, withdraw_file
from files.services.tidying import expire_old_files, forget_unused_files
from files.services.using import Opened, adopt_file, expire_file, open_file

__all__ = [
    "AdoptedElsewhere",
    "Captured",
    "FileGone",
    "FileTooLarge",
    "FileWaits",
    "NotAccepted",
    "Opened",
    "accept_file",
    "adopt_file",
    "append_bytes",
    "begin_file",
    "expire_file",
    "expire_old_files",
    "finish_file",
    "forget_unused_files",
    "keep_waiting",
    "open_file",
    "refuse_file",
    "take_up",
    "withdraw_file",
]
