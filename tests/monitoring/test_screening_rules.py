"""How names are compared with a list: what never hits, what always does, and in which order."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.rules import screening as rules
from monitoring.rules import words as known

LEAST = 85
NAMES = (
    "Vladislav KOROLENKO", "Zubair AL-MASRI", "Orvanda Shipping Co., Ltd.", "北京远影商贸有限公司",
    "弗拉迪斯拉夫", "Trading Company Limited Corp", "张伟",
)  # fmt: skip
ENTRIES = tuple(rules.Entry(place, f"E{place}", name) for place, name in enumerate(NAMES))
INDEX = rules.index(ENTRIES)
LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=6, max_size=12)
RARE = LETTERS.filter(lambda word: word not in known.FORMS | known.WORDS)


def asked(name, index=INDEX, **more):
    return [one.entry.name for one in rules.screen(index, name=name, least=LEAST, **more)]


@given(st.lists(st.sampled_from(sorted(known.FORMS)), min_size=1, max_size=6), st.data())
def test_company_words_alone_never_hit(words, data):
    separator = data.draw(st.sampled_from([" ", "", ", "]))
    latin, han = ([w for w in words if w.isascii() is kind] for kind in (True, False))
    name = " ".join([separator.join(han), " ".join(latin)])
    own = rules.index(
        [*ENTRIES, rules.Entry(90, "X", name), rules.Entry(91, "Y", f"Rarename {name}")]
    )

    assert asked(name) == []
    assert asked(name, own) == []


@given(st.lists(st.sampled_from(sorted(known.WORDS)), min_size=1, max_size=5))
def test_words_of_trade_and_place_alone_never_hit(words):
    assert asked(" ".join(words)) == []


@given(st.lists(RARE, min_size=2, max_size=4, unique=True), st.randoms())
def test_the_order_of_latin_tokens_does_not_matter(words, random):
    index = rules.index([*ENTRIES, rules.Entry(50, "N", " ".join(words))])
    turned = list(words)
    random.shuffle(turned)

    found = rules.screen(index, name=" ".join(turned), least=LEAST)

    assert (found[0].entry.entry, found[0].score) == ("N", 100)


@settings(max_examples=200)
@given(st.lists(RARE, min_size=2, max_size=3, unique=True), st.data())
def test_one_slip_in_a_rare_token_hits(words, data):
    index = rules.index([*ENTRIES, rules.Entry(50, "N", " ".join(words))])
    which = data.draw(st.integers(0, len(words) - 1))
    at = data.draw(st.integers(0, len(words[which]) - 1))
    typed = list(words)
    typed[which] = words[which][:at] + "q" + words[which][at + 1 :]

    assert "N" in [
        one.entry.entry for one in rules.screen(index, name=" ".join(typed), least=LEAST)
    ]


@given(st.text(max_size=60))
def test_whatever_is_asked_is_answered_in_bounds(name):
    for one in rules.screen(INDEX, name=name, least=LEAST):
        assert LEAST <= one.score <= 100


@pytest.mark.parametrize(
    ("name", "hit"),
    [
        ("ｋｏｒｏｌｅｎｋｏ　ｖｌａｄｉｓｌａｖ", "Vladislav KOROLENKO"),
        ("Vladisláv Korolenko", "Vladislav KOROLENKO"),
        ("Vladislav Petrovich Korolenko", "Vladislav KOROLENKO"),
        ("ORVANDA TRADING LLC", "Orvanda Shipping Co., Ltd."),
        ("远影科技股份有限公司", "北京远影商贸有限公司"),
        ("弗拉迪斯拉夫", "弗拉迪斯拉夫"),
        ("弗拉迪斯拉天", None),
        ("张伟", "张伟"),
        ("张伟明", None),
        ("张维", None),
        ("北京商贸有限公司", None),
        ("Vladislav", None),
        ("", None),
    ],
)
def test_names_as_customers_have_them(name, hit):
    assert asked(name) == ([hit] if hit else [])


def test_the_same_number_hits_whatever_the_name_and_another_one_counts_against():
    entry = rules.Entry(1, "A", "张伟", "110101197005011234", date(1970, 5, 1))
    index = rules.index([entry])

    same = rules.screen(index, name="公司", least=LEAST, id_no="110101 19700501 1234")
    other = rules.screen(index, name="张伟", least=50, id_no="11010119800101123X")
    born = rules.screen(index, name="张伟", least=50, born=date(1980, 1, 1))

    assert [(one.score, one.same_number) for one in same] == [(100, True)]
    assert [(one.score, one.other_number) for one in other] == [(75, True)]
    assert [(one.score, rules.reasons(one)[-1]) for one in born] == [(75, "birth ≠")]


def test_a_file_is_read_or_refused_with_its_line():
    head = "entry,name,id_number,birth_date,remark\n"
    read = rules.read_list(f"\ufeff{head}A,张伟,,1970-05-01,x\nA,张伟,,,\n".encode())

    assert [(one.entry, one.name, one.birth_date) for one in read] == [
        ("A", "张伟", date(1970, 5, 1))
    ]
    for body in ("", "A,公司,,,\n", ",张伟,,,\n", "A,张伟,,1970-13-01,\n"):
        with pytest.raises(rules.BadList) as refused:
            rules.read_list(f"{head}{body}".encode())
        assert refused.value.params["line"] == 2
    for content in (b"\xff\xfe", b"name\nx\n"):
        with pytest.raises(rules.BadList):
            rules.read_list(content)
