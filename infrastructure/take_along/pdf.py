"""The plan on paper."""

import json
from dataclasses import replace
from functools import cache
from importlib.resources import files

import typst

from domain.pacing.take_along import PlanToTake
from domain.pictures.look import Theme
from domain.pictures.plan_profile import plan_profile
from infrastructure.take_along.sheet import place_name, sheet

PAGE_PX = 720  # so wide the profile's letters are as large on A4 as those beside it


def pdf(taken: PlanToTake, zone: str) -> bytes:
    """A4 pages: the profile, the steps, what they stand on, and a pace band. The same plan gives the same bytes."""
    profile = plan_profile(_printed(taken), Theme.LIGHT, width=PAGE_PX, headed=False)
    given = {"sheet": json.dumps(sheet(taken, zone)), "profile": profile}
    return bytes(typst.compile(_template(), sys_inputs=given, ignore_system_fonts=True, format="pdf"))


@cache
def _template() -> bytes:
    return (files("infrastructure.take_along") / "plan.typ").read_bytes()


def _printed(taken: PlanToTake) -> PlanToTake:
    """The plan with its places named as the page's fonts can."""
    places = tuple(replace(one, name=place_name(one)) for one in taken.course.waypoints)
    return PlanToTake(taken.plan, replace(taken.course, waypoints=places), taken.ground)
