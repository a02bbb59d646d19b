"""What tests of analyses begin with."""

import pytest
from starlette.applications import Starlette
from svcs import Container, Registry

from domain.analysis.ports import AnalysisRepository


@pytest.fixture
async def registry(app: Starlette) -> Registry:
    """The services of the application."""
    found: Registry = app.state.registry
    return found


@pytest.fixture
async def analyses(registry: Registry) -> AnalysisRepository:
    """The repository that workers use."""
    async with Container(registry) as services:
        return await services.aget(AnalysisRepository)
