"""Decides what surrounds a hit, such as negation, hearsay, a question, a quotation, another place or a private party."""

from collections.abc import Sequence
from dataclasses import dataclass

from xiansuo.domain.suggestion import Context
from xiansuo.domain.text import Document
from xiansuo.rulebook.answers import Reply, replies, reply_scopes
from xiansuo.rulebook.compile import Compiled
from xiansuo.rulebook.page import Page, Place, find
from xiansuo.rulebook.parties import Blame, blame, is_private
from xiansuo.rulebook.schema import Rule
from xiansuo.rulebook.scopes import Scope, scopes_of
from xiansuo.text.variants import canonical


@dataclass(frozen=True, slots=True)
class Scene:
    """A laid-out letter with what stands under which context, its answers and the parties it names."""

    page: Page
    compiled: Compiled
    scopes: tuple[Scope, ...]
    replies: tuple[Reply, ...]
    blame: Blame


def scene(page: Page, document: Document, compiled: Compiled) -> Scene:
    """Gather once per letter what every hit is judged by."""
    subject = find(canonical(document.subject), compiled)
    parties = blame(page, subject, compiled)
    given = replies(page, compiled, document.interview)
    scopes = scopes_of(page, subject, compiled, interview=document.interview, parties=parties)
    return Scene(page, compiled, (*scopes, *reply_scopes(page, given)), given, parties)


def contexts_of(setting: Scene, rule: Rule, parts: Sequence[Place]) -> frozenset[Context]:
    """Return everything that surrounds a hit of `rule` whose words stand at `parts`."""
    found: set[Context] = {
        scope.context for scope in setting.scopes if scope.context is not Context.PRIVATE_PARTY and scope.holds(parts)
    }
    if not rule.anyone and is_private(setting.page, setting.blame, parts):
        found.add(Context.PRIVATE_PARTY)
    return frozenset(found)
