import pytest

from tests.insight.clocks import set_first_values


@pytest.fixture(autouse=True)
def first_clocks(db: None) -> None:
    set_first_values()
