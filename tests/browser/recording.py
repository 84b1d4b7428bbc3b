"""What a person's hands did for one task: keys and clicks counted in the page, and the seconds a keystroke-level model gives them.

The model (Card, Moran and Newell): a key 0.28 s, a thought before each unit of a task 1.35 s, a Chinese character of free text 0.9 s, pointing
1.1 s and a click 0.2 s. What the system took is measured and added. Free text is not counted as keys, since it is as long as what is said.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from django.conf import settings
from playwright.sync_api import Page

KEY, THINK, CHARACTER, POINT, CLICK = 0.28, 1.35, 0.9, 1.1, 0.2
MODIFIERS = '["Control", "Shift", "Alt", "Meta"]'
# The count is kept by the window, so that it goes on over a page that the task leads to.
RECORD = f"""
const trace = {{keys: 0, clicks: 0, pressed: []}};
const keep = () => sessionStorage.setItem("trace", JSON.stringify(trace));
keep();
addEventListener("keydown", (event) => {{
  if (event.repeat || event.keyCode === 229 || {MODIFIERS}.includes(event.key)) return;
  trace.keys += 1;
  trace.pressed.push(event.code);
  keep();
}}, true);
addEventListener("pointerdown", () => {{ trace.clicks += 1; keep(); }}, true);
"""


@dataclass
class Task:
    """One of the operators' tasks with its budget; `seconds` are the model's for the hands plus what the system took."""

    number: str
    what: str
    most_keys: int
    most_seconds: float
    thoughts: int
    characters: int = 0
    most_clicks: int = 0
    keys: int = 0
    clicks: int = 0
    waited: float = 0.0
    pressed: list[str] = field(default_factory=list)

    @property
    def hands(self) -> float:
        """What the model gives the hands and the head: the same on every machine."""
        return KEY * self.keys + THINK * self.thoughts + CHARACTER * self.characters + (POINT + CLICK) * self.clicks

    @property
    def seconds(self) -> float:
        return self.hands + self.waited

    def say(self, page: Page, text: str, *, spoken: bool = True) -> None:
        """Free text, as an input method commits it; what is not `spoken` came by itself (a position from the map) and costs no time."""
        self.characters += len(text) if spoken else 0
        page.keyboard.insert_text(text)

    @contextmanager
    def system(self) -> Iterator[None]:
        """What happens inside is waited for; it counts as the system's time."""
        began = perf_counter()
        yield
        self.waited += perf_counter() - began


def compose(page: Page, letters: str) -> None:
    """Keys that belong to an input method with a composition under way."""
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": letters, "selectionStart": len(letters), "selectionEnd": len(letters)})
    for letter in letters:
        session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "code": f"Key{letter.upper()}", "key": "Process"})
        session.send("Input.dispatchKeyEvent", {"type": "keyUp", "code": f"Key{letter.upper()}", "key": "Process"})


@contextmanager
def task(page: Page, number: str, what: str, *, keys: int, seconds: float, thoughts: int, clicks: int = 0) -> Iterator[Task]:
    """Do one task on a page; what it took is checked against the budget and written into the table of this run."""
    doing = Task(number, what, keys, seconds, thoughts, most_clicks=clicks)
    page.evaluate(f"() => {{ {RECORD} }}")
    yield doing
    seen = page.evaluate("JSON.parse(sessionStorage.getItem('trace'))")
    doing.keys, doing.clicks, doing.pressed = seen["keys"], seen["clicks"], seen["pressed"]
    _write(doing)
    assert doing.keys <= keys, f"{doing.keys} keys of {keys}: {doing.pressed}"
    assert doing.clicks <= clicks, f"{doing.clicks} clicks of {clicks}"
    assert doing.hands <= seconds, f"{doing.hands:.1f} s of {seconds}"  # what the system took depends on the machine: the table has it


def _write(task: Task) -> None:
    path = Path(settings.CITY_VAR) / "tasks.md"
    head = "| task | what | keys | budget | clicks | seconds (model + system) | budget | system |\n|---|---|---|---|---|---|---|---|\n"
    if not path.exists():
        path.write_text(head, encoding="utf-8")
    line = (
        f"| {task.number} | {task.what} | {task.keys} | {task.most_keys} | {task.clicks} | {task.seconds:.1f} | {task.most_seconds:g}"
        f" | {task.waited:.2f} |\n"
    )
    with path.open("a", encoding="utf-8") as table:
        table.write(line)
