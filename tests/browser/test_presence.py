"""Two people at one incident know of each other before they write over each other."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.patient


def test_a_dispatcher_sees_within_seconds_that_somebody_else_is_editing(sit, fire_at):
    fire = fire_at("莲花池东路 12 号")
    mine, theirs = sit("dispatcher"), sit("second", f"/incidents/{fire.number}/")
    mine.locator(f'#queue [data-number="{fire.number}"]').click()
    expect(mine.locator("#panel .here")).to_contain_text("王芳")
    expect(theirs.locator(".here")).to_contain_text("李敏")

    theirs.keyboard.press("e")

    expect(mine.locator("#panel .here")).to_contain_text("正在编辑")
    theirs.keyboard.press("Escape")
    expect(mine.locator("#panel .here")).not_to_contain_text("正在编辑")
    theirs.close()
    expect(mine.locator("#panel .here")).not_to_contain_text("王芳")
