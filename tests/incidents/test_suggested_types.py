"""The words of a caller speak for a type, in Chinese and English, and not when they are denied."""

import pytest

from access.actors import Actor
from command_center.demo.sample import types, words
from incidents import services, suggesting
from incidents.models import IncidentType
from incidents.services.intake import NewQuestion
from incidents.wording import Rule, entries, suggest
from journal.models import Entry
from kit.errors import Forbidden, Invalid

FIRE, CRASH, TRAPPED, GAS = 1, 2, 3, 4
RULES = (
    Rule(FIRE, entries("起火\n着火\n明火\n冒烟\n火\nfire\nsmoke\nflames\nburn*"), entries("火锅\n火车\n灭火器\nfire lane\nfire station"), 10),
    Rule(CRASH, entries("车 + 撞\ncar + hit"), (), 12),
    Rule(TRAPPED, entries("被困\ntrapped\nhurt"), (), 5),
    Rule(GAS, entries("没气了\nno gas"), (), 9),
)


@pytest.mark.parametrize(
    ("said", "spoken_for"),
    [
        ("厨房起火了，烟很大", [FIRE]),
        ("没有起火", []),
        ("没有看到明火", []),
        ("未发现起火", []),
        ("没有明火和冒烟，有人被困", [TRAPPED]),
        ("没有人被困，但是着火了", [FIRE]),
        ("没多久就起火了", [FIRE]),
        ("不知道有没有起火", [FIRE]),
        ("家里没气了", [GAS]),
        ("火锅店噪声大", []),
        ("火锅店着火", [FIRE]),
        ("火车站", []),
        ("两辆车，撞在一起", [CRASH]),
        ("There is no fire", []),
        ("there isn’t any smoke", []),
        ("no smoke or flames", []),
        ("No! Fire!", [FIRE]),
        ("not sure if there is a fire", [FIRE]),
        ("nobody is hurt or trapped", []),
        ("it's BURNING", [FIRE]),
        ("he was fired", []),
        ("a car in the fire lane", []),
        ("a car hit the wall", [CRASH]),
        ("there is no gas", [GAS]),
        ("ＦＩＲＥ", [FIRE]),
        ("", []),
    ],
)
def test_a_call_taker_is_told_the_types_that_the_caller_means(said: str, spoken_for: list[int]):
    assert [each.type_id for each in suggest(said, RULES)] == spoken_for


def test_a_word_inside_a_longer_one_counts_once():
    assert [(each.score, each.words) for each in suggest("着火了", RULES)] == [(10, ("着火",))]


def test_the_words_that_spoke_are_named_and_more_of_them_weigh_more():
    found = suggest("车撞了护栏，冒烟，有明火", RULES)

    assert [(each.type_id, each.score, set(each.words)) for each in found] == [(FIRE, 20, {"冒烟", "明火"}), (CRASH, 12, {"车 + 撞"})]


@pytest.mark.parametrize("said", ["*" * 50, "+ +", "\0" * 9, "a" * 100_000, "不" * 5000, "no " * 3000 + "fire", "没有" * 2000 + "火"])
def test_whatever_a_caller_says_the_call_taker_gets_an_answer_at_once(said: str):
    assert isinstance(suggest(said, (*RULES, Rule(9, entries("*\n+\na*b\n(\n[x"), ("*",), 1))), list)


def test_every_sample_call_of_the_demo_city_is_typed_as_it_was_meant():
    codes = {number: kind["code"] for number, kind in enumerate(types()["types"])}
    rules = [
        Rule(number, entries("\n".join(rule["words"] + rule["words_en"])), entries("\n".join(rule["excludes"])), rule["weight"])
        for number, code in codes.items()
        for rule in words()[code]["rules"]
    ]
    wrong = [said for number, kind in enumerate(types()["types"]) for said in kind["words"] if suggest(said, rules)[0].type_id != number]

    assert wrong == []


def test_an_administrator_adds_words_and_the_next_call_is_read_with_them(admin: Actor, building_fire: IncidentType):
    services.add_type_rule(admin, type_code="building-fire", words=("冒烟",), words_en=("smoke",), excludes=(), weight=7)

    found = suggesting.suggested_types("二楼冒烟")

    assert [(each.type, each.score, each.words) for each in found] == [(building_fire, 7, ("冒烟",))]
    assert Entry.objects.get(name="access.reference_changed").data["after"]["words"] == "冒烟"


def test_words_of_a_type_out_of_use_speak_for_nothing(admin: Actor, building_fire: IncidentType):
    services.add_type_rule(admin, type_code="building-fire", words=("冒烟",), words_en=(), excludes=(), weight=7)
    IncidentType.objects.update(is_active=False)

    assert suggesting.suggested_types("二楼冒烟") == []


def test_a_dispatcher_cannot_add_words_or_questions(dispatcher: Actor, building_fire: IncidentType):
    with pytest.raises(Forbidden):
        services.add_type_rule(dispatcher, type_code="building-fire", words=("x",), words_en=(), excludes=(), weight=7)
    with pytest.raises(Forbidden):
        services.add_key_question(dispatcher, type_code="building-fire", question=NewQuestion("?", "?", "YES_NO", 1, 1, 0, 0))


def test_a_type_has_at_most_six_questions_each_in_its_place(admin: Actor, building_fire: IncidentType):
    services.add_key_question(admin, type_code="building-fire", question=NewQuestion("被困?", "Trapped?", "YES_NO", 1, 1, 10, 0))

    for place in (1, 0, 7):
        with pytest.raises(Invalid):
            services.add_key_question(admin, type_code="building-fire", question=NewQuestion("x", "", "YES_NO", place, 1, 0, 0))
    with pytest.raises(Invalid):
        services.add_type_rule(admin, type_code="building-fire", words=(), words_en=(), excludes=(), weight=7)
