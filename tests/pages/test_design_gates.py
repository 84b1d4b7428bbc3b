"""The rules of the design are gates: contrast, reserved hues, colour vision, keys, icons, words."""

import ast
import json
import re
from io import BytesIO
from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation.template import templatize

from command_center.keys import KEYS
from tests.architecture.code import modules

ROOT = Path(settings.BASE_DIR)
TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
STYLES = [path for path in (ROOT / "static" / "css").glob("*.css") if path.name != "tokens.css"]
SCRIPTS = list((ROOT / "static" / "js").glob("*.js"))
TEMPLATES = list((ROOT / "templates").rglob("*.html"))
HEX = re.compile(r"#[0-9A-Fa-f]{3,8}\b(?![\w-]*[\"')])")


def palette(theme: str) -> dict[str, str]:
    blocks = dict(re.findall(r':root(\[data-theme="dark"\])? \{(.*?)\n  \}', TOKENS, re.DOTALL))
    light = dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", blocks[""]))
    return light if theme == "light" else light | dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", blocks['[data-theme="dark"]']))


def linear(colour: str) -> list[float]:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]


def contrast(one: str, other: str) -> float:
    first, second = (sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear(each), strict=True)) for each in (one, other))
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def oklab(rgb: list[float]) -> tuple[float, float, float]:
    matrix = ((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566), (0.0883024619, 0.2817188376, 0.6299787005))
    cone = [abs(sum(a * b for a, b in zip(line, rgb, strict=True))) ** (1 / 3) for line in matrix]
    back = ((0.2104542553, 0.793617785, -0.0040720468), (1.9779984951, -2.428592205, 0.4505937099), (0.0259040371, 0.7827717662, -0.808675766))
    first, second, third = (sum(a * b for a, b in zip(line, cone, strict=True)) for line in back)
    return first, second, third


# Machado, Oliveira and Fernandes 2009, severity 1.0.
SIGHT = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_controls_can_be_read_on_every_surface(theme):
    colours = palette(theme)
    weak = []
    for surface in ("bg0", "bg1", "bg2", "sel"):
        for ink in ("fg1", "fg2", "fg3", "accent"):
            if contrast(colours[ink], colours[surface]) < 4.5:
                weak.append((ink, surface))
        if surface != "sel" and contrast(colours["ctl"], colours[surface]) < 3:
            weak.append(("ctl", surface))
        if contrast(colours["edge"], colours[surface]) < 3:
            weak.append(("edge", surface))
    for level in (1, 2, 3, 4):
        if contrast(colours[f"on-level-{level}"], colours[f"level-{level}"]) < 4.5:
            weak.append((level,))

    assert weak == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_hue_is_kept_for_levels_and_alarms(theme):
    reserved = re.compile(r"^(on-)?(level-\d|safe|shelved)$")
    loud = {}
    for name, colour in palette(theme).items():
        _light, a, b = oklab(linear(colour))
        if not reserved.match(name) and (a * a + b * b) ** 0.5 > 0.045:
            loud[name] = colour

    assert loud == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHT)
def test_the_four_levels_differ_for_everyone(theme, sight):
    seen = []
    for level in (1, 2, 3, 4):
        rgb = linear(palette(theme)[f"level-{level}"])
        seen.append(oklab([min(1.0, max(0.0, sum(a * b for a, b in zip(line, rgb, strict=True)))) for line in SIGHT[sight]]))

    least = min(100 * sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 for one, other in combinations(seen, 2))
    assert least >= 10


@pytest.mark.parametrize("path", STYLES + SCRIPTS, ids=lambda path: path.name)
def test_no_colour_stands_outside_the_tokens(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert [found for found in HEX.findall(text) if not re.search(r"glyph|href", found)] == []
    assert not re.search(r"\brgba?\(|\bhsla?\(|oklch\(", text)


@pytest.mark.parametrize("path", [*SCRIPTS, *(path for path in STYLES)], ids=lambda path: path.name)
def test_scripts_and_styles_hold_no_chinese(path):
    assert not re.search(r"[\u4e00-\u9fff]", path.read_text(encoding="utf-8"))


def test_templates_say_nothing_that_is_not_in_the_catalogue():
    allowed = {"中文"}
    for path in TEMPLATES:
        found = set(re.findall(r"[\u4e00-\u9fff]+", path.read_text(encoding="utf-8"))) - allowed
        assert not found, path


def test_every_key_on_a_button_or_in_a_script_is_in_the_registry():
    names = {key.name for key in KEYS}
    used = {name for path in TEMPLATES for name in re.findall(r'(?:data-key="|\{% cap ")(\w+)"', path.read_text(encoding="utf-8"))}
    used |= {name for path in SCRIPTS for name in re.findall(r'onKey\("(\w+)"', path.read_text(encoding="utf-8"))}

    assert used <= names


@pytest.mark.parametrize("screens", [("", "watch"), ("", "board"), ("dialog",), ("chat",)])
def test_no_two_keys_of_one_screen_share_a_code(screens):
    codes = [code for key in KEYS if key.screen in screens for code in key.codes]

    assert len(codes) == len(set(codes))


def test_every_icon_a_template_uses_is_in_the_sprite():
    listed = {line.split("#")[0].strip().rpartition("/")[2] for line in (ROOT / "deploy" / "icons.txt").read_text().splitlines()}
    used = {name for path in TEMPLATES for name in re.findall(r'\{% icon "([\w-]+)" %\}', path.read_text(encoding="utf-8"))}

    assert used <= listed


def test_no_cell_of_a_table_is_a_field_itself():
    """A cell laid out as a field leaves its column, and the next ones stand below it."""
    found = [
        str(path.relative_to(ROOT)) for path in TEMPLATES if re.search(r'<t[dh] [^>]*class="(?:[^"]* )?fields?[ "]', path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_every_button_says_what_kind_it_is():
    for path in TEMPLATES:
        for tag in re.findall(r"<button[^>]*>", path.read_text(encoding="utf-8")):
            assert 'type="' in tag, (path, tag)


def test_the_chinese_catalogue_is_complete_and_keeps_every_placeholder():
    from babel.messages.pofile import read_po

    with (ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalogue = read_po(file)
    missing, broken = [], []
    for message in catalogue:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy or not all(texts):
            missing.append(ids[0])
        wanted = set(re.findall(r"%\(\w+\)s|\{\w+(?::\w+)?\}", ids[0]))
        if any(set(re.findall(r"%\(\w+\)s|\{\w+(?::\w+)?\}", text)) != wanted for text in texts):
            broken.append(ids[0])

    assert missing == [] and broken == []


def test_every_word_of_code_and_templates_has_its_chinese():
    from babel.messages.extract import extract
    from babel.messages.pofile import read_po

    with (ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po").open("rb") as file:
        known = {(message.context, message.id[0] if isinstance(message.id, tuple) else message.id) for message in read_po(file)}
    used = {}
    for module in modules():
        for call in (node for node in ast.walk(module.tree) if isinstance(node, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            words = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if name in ("_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy") and words:
                used[None, words[0]] = module.path
            if name in ("pgettext", "pgettext_lazy") and len(words) > 1:
                used[words[0], words[1]] = module.path
    keywords = {"gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}
    for path in TEMPLATES:
        said = BytesIO(templatize(path.read_text(encoding="utf-8"), origin=path.name).encode())
        for _line, words, _comments, context in extract("python", said, keywords):
            used[context, words[0] if isinstance(words, tuple) else words] = path.name

    assert {words: place for words, place in used.items() if words not in known} == {}


def test_every_word_of_the_scripts_is_in_their_catalogue():
    from command_center.words import catalogue

    used = {name for path in SCRIPTS for name in re.findall(r'\bsay\("(\w+)"', path.read_text(encoding="utf-8"))}

    assert used <= set(catalogue())
    assert json.dumps(catalogue())
