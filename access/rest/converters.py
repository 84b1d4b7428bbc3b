"""Parts of addresses: an id that fits into the database, and nothing that merely looks like one."""

from django.urls import register_converter


class IdConverter:
    """1 to 12 digits."""

    regex = "[0-9]{1,12}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class NumberConverter:
    """An incident's number: 20261122-0048."""

    regex = "[0-9]{8}-[0-9]{4,9}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class AnythingConverter(NumberConverter):
    """Whatever is left of an address."""

    regex = r"[\s\S]+"


register_converter(AnythingConverter, "anything")
register_converter(IdConverter, "id")
register_converter(NumberConverter, "number")
