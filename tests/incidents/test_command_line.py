"""A dispatcher types a line: it is understood, refused with what is missing, or carried out."""

import pytest
from django.utils import translation

from incidents import services as incidents
from incidents.command_line import reading
from incidents.command_line.orders import GiveTask, OpenIncident, OpenUnit, Recommend, SayOfUnits, SendUnits
from incidents.models import Assignment
from incidents.services.commanding import NotUnderstood
from incidents.services.common import Moment
from resources.handles import INDEX
from resources.models import LocalStatus, Unit
from tests.conftest import a_report


@pytest.fixture(autouse=True)
def _an_english_desk():
    """The index of units outlives a transaction, and each test has units of its own."""
    INDEX.forget()
    with translation.override("en"):
        yield


@pytest.fixture
def read(dispatcher):
    """Read a line as the dispatcher types it."""

    def understand(line: str, incident=None, actor=dispatcher):
        return reading.read(actor, line, incident_id=incident.pk if incident else None)

    return understand


@pytest.fixture
def give(dispatcher, read, now):
    """Type a line and press Enter."""

    def carry(line: str, incident=None, actor=dispatcher):
        understood = read(line, incident, actor)
        assert understood.order is not None, understood.says
        return incidents.carry_out(actor, understood.order, now=now)

    return carry


@pytest.fixture
def zhongguancun_1(new_unit) -> Unit:
    return new_unit("F01-1", name="中关村水罐1")


@pytest.fixture
def on_its_way(dispatcher, northern_fire, zhongguancun_1, now):
    return incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=zhongguancun_1.pk, moment=Moment(at=now), now=now)


@pytest.mark.parametrize(
    "line",
    [
        "s F01-1 到场",
        "s f011 到场",
        "S Ｆ01－1 到场",
        "/s f01-1 dc",
        "s zgcsg1 dc",
        "s 中关村水罐1 4",
        "s 中关村水罐1 on scene",
        "状态 f011 os",
        "s f011dc",
        "s f01-1 到达",
    ],
)
def test_a_unit_and_its_status_are_understood_however_they_are_typed(read, zhongguancun_1, line):
    order = read(line).order

    assert order == SayOfUnits((zhongguancun_1.pk,), "ON_SCENE", ("",), ""), read(line).says


def test_saying_that_a_unit_is_on_scene_moves_its_assignment_on(give, on_its_way, zhongguancun_1):
    outcome = give("s f011 dc")

    on_its_way.refresh_from_db()
    zhongguancun_1.refresh_from_db()
    assert (on_its_way.step, zhongguancun_1.activity) == ("ON_SCENE", "ON_SCENE")
    assert "F01-1" in outcome.sentence and outcome.refused == []


def test_several_units_get_one_status_and_one_that_is_refused_does_not_keep_the_others(give, new_unit, on_its_way, zhongguancun_1, dispatcher):
    new_unit("F01-2")

    outcome = give("s f01-1 f01-2 收到")

    on_its_way.refresh_from_db()
    assert on_its_way.step == "ACKNOWLEDGED"
    assert len(outcome.done) == 1 and len(outcome.refused) == 1 and "F01-2" in outcome.refused[0]


def test_a_star_takes_every_unit_whose_code_begins_so(read, new_unit):
    ids = {new_unit(f"F02-{n}").pk for n in range(1, 5)}
    new_unit("F03-1")

    assert set(read("s f02* 停用").order.unit_ids) == ids


def test_a_departments_own_word_is_understood_and_kept(give, read, zhongguancun_1, fire):
    LocalStatus.objects.create(
        department=fire, code="wash", name="洗消", name_en="Washing down", availability="NOT_AVAILABLE", activity="OUT_OF_SERVICE"
    )

    give("s f011 xx")

    zhongguancun_1.refresh_from_db()
    assert (zhongguancun_1.activity, zhongguancun_1.status_label.code) == ("OUT_OF_SERVICE", "wash")


def test_another_departments_word_is_not_offered_for_this_unit(read, zhongguancun_1, water):
    LocalStatus.objects.create(department=water, code="valve", name="关阀中", availability="NOT_AVAILABLE", activity="ON_SCENE")

    assert read("s f011 关阀中").order is None


def test_a_status_that_needs_a_reason_says_so_and_takes_it_after_a_colon(read, give, on_its_way):
    asked = read("s f011 拒绝")
    assert asked.order is None and "colon" in asked.says

    give("s f011 拒绝：水泵故障")

    on_its_way.refresh_from_db()
    assert (on_its_way.step, on_its_way.reason) == ("DECLINED", "水泵故障")


def test_an_unfinished_line_says_what_is_missing_and_offers_how_to_go_on(read, new_unit, zhongguancun_1):
    new_unit("F01-2", name="中关村水罐2")

    assert "Which unit" in read("s").says
    which = read("s f01")
    assert which.order is None and [choice.line for choice in which.choices] == ["s F01-1 ", "s F01-2 "]
    status = read("s f011")
    assert "which status" in status.says and status.choices[0].line.startswith("s f011 ")
    assert "No unit is called f99" in read("s f99 dc").says
    assert "xyz" in read("s f011 xyz").says


def test_units_are_sent_by_the_end_of_the_incidents_number(give, northern_fire, zhongguancun_1, engine_7):
    number = str(int(northern_fire.number[-4:]))

    outcome = give(f"d {number} zgcsg1 e7")

    assert set(Assignment.objects.values_list("unit__code", flat=True)) == {"F01-1", "E7"}
    assert outcome.incident_ids == {northern_fire.pk} and len(outcome.undo.sent) == 2


def test_without_units_the_recommendation_is_asked_for(read, northern_fire):
    assert read(f"d {northern_fire.number}").order == Recommend(northern_fire.number)
    assert read("d", northern_fire).order == Recommend(northern_fire.number)


def test_an_incident_that_is_chosen_on_the_screen_may_be_left_out(read, northern_fire, zhongguancun_1):
    assert read("d f011", northern_fire).order == SendUnits(northern_fire.pk, northern_fire.number, (zhongguancun_1.pk,))


def test_an_incident_is_understood_by_the_initials_of_its_type_or_words_of_its_place(read, northern_fire, zhongguancun_1):
    for word in ("jzhz", "莲花池", "建筑火灾"):
        assert read(f"d {word} f011").order.incident_id == northern_fire.pk, word


def test_two_fires_of_one_type_are_not_decided_for_the_dispatcher(read, call_taker, building_fire, northern_fire, zhongguancun_1, now):
    incidents.report_incident(call_taker, report=a_report(building_fire, now, words="另一处"), now=now)

    asked = read("d jzhz f011")

    assert asked.order is None and len(asked.choices) == 2 and asked.choices[0].line.endswith("f011")


def test_a_busy_unit_is_named_with_what_it_does_and_the_others_go(give, read, northern_fire, southern_pipe, on_its_way, engine_7):
    line = f"d {southern_pipe.number} f011 e7"
    assert "Assigned" in read(line).says

    outcome = give(line)

    assert [each.unit.code for each in southern_pipe.assignments.all()] == ["E7"]
    assert len(outcome.refused) == 1


@pytest.mark.parametrize("word", ["water", "自来水集团", "zlsjt", "自来水", "水集"])
def test_a_department_is_given_a_task_with_a_deadline(give, northern_fire, water, word, now):
    outcome = give(f"o {word} 关闭 东路 阀门 30分", northern_fire)

    task = northern_fire.tasks.get()
    assert (task.title, task.department, round((task.due_at - now).total_seconds())) == ("关闭 东路 阀门", water, 1800)
    assert outcome.undo.tasks == (task.pk,)


def test_a_task_says_what_it_lacks(read, northern_fire, water):
    assert "which incident" in read("o 自来水 关阀").says
    assert "Which department" in read("o", northern_fire).says
    assert "what is to be done" in read("o 自来水", northern_fire).says
    assert "No department" in read("o 不存在 关阀", northern_fire).says
    number = str(int(northern_fire.number[-4:]))
    assert isinstance(read(f"o {number} 自来水 关阀").order, GiveTask)


def test_a_name_alone_opens_what_has_it(read, northern_fire, zhongguancun_1):
    assert read(str(int(northern_fire.number[-4:]))).order == OpenIncident(northern_fire.number)
    assert read("zgcsg1").order == OpenUnit(zhongguancun_1.pk)
    assert "Nothing is called" in read("qqq").says


def test_what_shows_something_is_no_order_to_carry_out(dispatcher, northern_fire, now):
    with pytest.raises(NotUnderstood):
        incidents.carry_out(dispatcher, Recommend(northern_fire.number), now=now)


def test_a_fire_chief_of_the_south_finds_neither_the_northern_units_nor_the_fire(read, fire_chief_south, northern_fire, zhongguancun_1):
    assert "No unit" in read("s f011 dc", actor=fire_chief_south).says
    assert "No open incident" in read(f"d {northern_fire.number} f011", actor=fire_chief_south).says


def test_a_call_taker_may_read_a_line_and_is_refused_when_giving_it(give, read, call_taker, northern_fire, zhongguancun_1):
    outcome = give(f"d {northern_fire.number} f011", actor=call_taker)

    assert outcome.done == [] and outcome.refused
    assert Assignment.objects.count() == 0


def test_what_was_given_by_mistake_is_taken_back_whole(give, dispatcher, northern_fire, on_its_way, zhongguancun_1, engine_7, now):
    before = (on_its_way.step, northern_fire.first_on_scene_at)
    said = give("s f011 dc")
    sent = give(f"d {northern_fire.number} e7")

    incidents.undo(dispatcher, what=said.undo, now=now)
    incidents.undo(dispatcher, what=sent.undo, now=now)

    on_its_way.refresh_from_db()
    northern_fire.refresh_from_db()
    zhongguancun_1.refresh_from_db()
    engine_7.refresh_from_db()
    assert (on_its_way.step, northern_fire.first_on_scene_at) == before
    assert zhongguancun_1.activity == "ASSIGNED" and "ON_SCENE" not in on_its_way.sources
    assert engine_7.is_available()


def test_a_line_of_the_longest_kind_and_of_odd_signs_breaks_nothing(read, northern_fire, zhongguancun_1):
    for line in (
        "",
        "   ",
        "/",
        "s :",
        "s : x",
        "d *",
        "s *",
        "o .",
        "d . .",
        "s " + "f011 " * 80,
        "s f011 " + "到" * 400,
        "d #",
        "'; DROP TABLE",
        "s f01-1 [",
        "o ( 关阀",
    ):
        assert read(line, northern_fire).says


def test_the_unit_index_serves_a_new_unit_within_seconds(dispatcher, new_unit, read):
    read("s f011 dc")
    new_unit("NEW-1")
    INDEX.forget()

    assert read("s new1 dc").order is not None


def test_a_report_source_of_the_command_line_is_the_console(give, on_its_way):
    give("s f011 途中")

    on_its_way.refresh_from_db()
    assert on_its_way.sources["EN_ROUTE"]["source"] == "COMMAND"
