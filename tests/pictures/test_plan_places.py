"""Names above a profile: each readable, none over another."""

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.pictures.plan_places import Label, labels, width_of

LEFT, RIGHT = 34.0, 926.0
PLACES = st.lists(st.tuples(st.floats(62, RIGHT), st.text("abc", min_size=1, max_size=40)), max_size=20)


def test_words_stand_beside_their_place_in_the_lowest_row() -> None:
    assert labels([(100.0, "Col")], LEFT, RIGHT) == (
        Label("Col", 100.0, 100.0, 100.0 + width_of("Col"), 0, to_left=False),
    )


def test_words_that_would_leave_the_picture_end_at_their_place() -> None:
    (label,) = labels([(920.0, "The very end")], LEFT, RIGHT)
    assert label.to_left
    assert label.right == 920.0


def test_of_two_neighbours_the_first_stands_higher_so_that_its_line_passes_before_the_second() -> None:
    first, second = labels([(100.0, "A long name of a place"), (130.0, "Next")], LEFT, RIGHT)
    assert (first.row, second.row) == (1, 0)
    assert not first.meets(second)


def test_at_the_right_edge_the_last_stands_higher() -> None:
    first, last = labels([(880.0, "Nearly there"), (920.0, "The very end")], LEFT, RIGHT)
    assert (first.row, last.row) == (0, 1)
    assert not first.meets(last)


def test_places_far_apart_share_a_row() -> None:
    assert [label.row for label in labels([(100.0, "One"), (400.0, "Two"), (600.0, "Three")], LEFT, RIGHT)] == [0, 0, 0]


def test_labels_come_in_the_order_of_their_places() -> None:
    assert [label.words for label in labels([(100.0, "a"), (100.0, "b"), (90.0, "c")], LEFT, RIGHT)] == ["a", "b", "c"]


def test_wide_letters_take_the_room_of_two() -> None:
    assert width_of("漢字") == width_of("abcd")


@settings(max_examples=60, deadline=None)
@given(PLACES)
def test_no_words_ever_cover_others(places: list[tuple[float, str]]) -> None:
    placed = labels(places, LEFT, RIGHT)
    assert not any(one.collides(other) for n, one in enumerate(placed) for other in placed[n + 1 :])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(300, RIGHT), st.text("abc", min_size=1, max_size=30)), max_size=20))
def test_no_line_crosses_words_where_there_is_room_on_either_side(places: list[tuple[float, str]]) -> None:
    placed = labels(places, LEFT, RIGHT)
    assert not any(one.crosses(other) for one in placed for other in placed)


def test_words_that_would_lie_across_the_line_to_a_place_at_the_edge_go_to_the_left_too() -> None:
    mill, gate = labels([(738.0, "Old Mill, cut-off 7:00:00"), (800.0, "Last gate, cut-off 8:00:00")], LEFT, RIGHT)
    assert (mill.to_left, gate.to_left) == (True, True)
    assert not mill.meets(gate)
