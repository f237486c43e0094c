"""Makes a document of a few plain sentences, for rule examples and previews."""

import re

from xiansuo.domain.letter import Kind
from xiansuo.domain.spans import Span
from xiansuo.domain.text import Document, Interview, Speaker, Turn

_SENTENCE = re.compile(r"[^。！!？?；;\n]+[。！!？?；;]*")
_TURN = re.compile(r"([问答])[：:]([^问答\n]*(?:(?!问[：:]|答[：:])[问答][^问答\n]*)*)")


class _Same:
    """The offset map of a text that nothing was done to."""

    def span(self, start: int, end: int) -> Span:
        return Span(start, end)


def example_document(text: str, subject: str = "") -> Document:
    """Return the document of a clear text without entities; 问：… 答：… is read as an interview."""
    sentences = tuple(Span(*found.span()) for found in _SENTENCE.finditer(text))
    turns = tuple(_turns(text))
    kind = Kind.TRANSCRIPT if turns else Kind.LETTER
    interview = Interview((), turns) if turns else None
    return Document(kind, subject, text, None, sentences, interview, (), _Same())


def _turns(text: str) -> list[Turn]:
    turns: list[Turn] = []
    for found in _TURN.finditer(text):
        asks = found[1] == "问"
        follows = bool(turns) and turns[-1].speaker is Speaker.INTERVIEWER
        answers = len(turns) - 1 if follows and not asks else None
        turns.append(Turn(Speaker.INTERVIEWER if asks else Speaker.INTERVIEWEE, found.start(2), found.end(2), answers))
    return turns
