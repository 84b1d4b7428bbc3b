import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError, engines

# What the content policy forbids or a keyboard user trips over; comments and templates' own tags are out of the way first.
_RULES = (
    (re.compile(r"<button\b(?![^>]*\btype=)", re.IGNORECASE), "a button without a type submits the form around it"),
    (re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE), "an inline handler is forbidden by the content policy"),
    (re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE), "an inline style is forbidden by the content policy"),
    (re.compile(r"<style\b", re.IGNORECASE), "an inline style sheet is forbidden by the content policy"),
    (re.compile(r"<script\b(?![^>]*\b(src|nonce)=)(?![^>]*type=\"(application/json|importmap))", re.IGNORECASE), "an inline script needs a file"),
    (re.compile(r"(src|href)=\"(https?:)?//", re.IGNORECASE), "nothing is fetched from elsewhere"),
    (re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"), "text that is not escaped lets strangers write pages"),
    (re.compile(r"<img\b(?![^>]*\balt=)", re.IGNORECASE), "an image without alt is silent to a screen reader"),
    (re.compile(r"[\u4e00-\u9fff]"), "Chinese text belongs in the catalogue"),
)
_OWN_LANGUAGE = re.compile(r"lang=\"zh[^>]*>[^<]*<", re.IGNORECASE)  # a language is offered by its own name
_HANDED_OVER = "templates/leaflet/_leaflet_map.html"  # options from the settings, as JSON that no browser runs
_TAGS = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<!--.*?-->", re.DOTALL)
_EXPRESSION = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)


class Command(BaseCommand):
    help = "Compile every template and name what breaks the house's rules."

    def handle(self, **options: Any) -> None:
        faults = [fault for path in self._templates() for fault in self._faults(path)]
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults in templates")
        self.stdout.write("every template is well")

    def _templates(self) -> list[Path]:
        base = Path(settings.BASE_DIR)
        return sorted({*(base / "templates").rglob("*.html"), *base.glob("*/templates/**/*.html")})

    def _faults(self, path: Path) -> Iterator[str]:
        text = path.read_text()
        where = path.relative_to(settings.BASE_DIR)
        try:
            engines["django"].from_string(text)
        except TemplateSyntaxError as error:
            yield f"{where}: {error}"
        plain = _TAGS.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
        markup = _EXPRESSION.sub(lambda match: re.sub(r"[^\n|]", "x", match[0]) if "safe" not in match[0] else match[0], plain)
        markup = _OWN_LANGUAGE.sub(lambda match: re.sub(r"[\u4e00-\u9fff]", "x", match[0]), markup)
        if str(where) == _HANDED_OVER:
            markup = markup.replace("|safe", "")
        for rule, sentence in _RULES:
            for match in rule.finditer(markup):
                yield f"{where}:{markup.count(chr(10), 0, match.start()) + 1}: {sentence}"
