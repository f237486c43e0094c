"""Makes a document of a few plain sentences, for rule examples and previews."""

import re

from xiansuo.domain.letter import Kind
from xiansuo.domain.spans import Span
from xiansuo.domain.text import Document, Interview, Speaker, Turn
from xiansuo.text.interview import parse_interview

_SENTENCE = re.compile(r"[^。！!？?；;\n]+[。！!？?；;]*")
_TURN = re.compile(r"([问答])[：:]([^问答\n]*(?:(?!问[：:]|答[：:])[问答][^问答\n]*)*)")


class _Same:
    """The offset map of a text that nothing was done to."""

    def span(self, start: int, end: int) -> Span:
        """Return the same place."""
        return Span(start, end)


def example_document(text: str, subject: str = "") -> Document:
    """Return the document of a clear text without entities; 问：… 答：… is read as an interview."""
    sentences = tuple(Span(*found.span()) for found in _SENTENCE.finditer(text))
    interview = parse_interview(text, subject=subject) or _dialogue(text)
    kind = Kind.LETTER if interview is None else Kind.TRANSCRIPT
    return Document(kind, subject, text, None, sentences, interview, (), _Same())


def _dialogue(text: str) -> Interview | None:
    """Read a single question and its answer, too little for the text stage to call it an interview record."""
    turns = tuple(_turns(text))
    return Interview((), turns) if turns else None


def _turns(text: str) -> list[Turn]:
    turns: list[Turn] = []
    for found in _TURN.finditer(text):
        asks = found[1] == "问"
        follows = bool(turns) and turns[-1].speaker is Speaker.INTERVIEWER
        answers = len(turns) - 1 if follows and not asks else None
        turns.append(Turn(Speaker.INTERVIEWER if asks else Speaker.INTERVIEWEE, found.start(2), found.end(2), answers))
    return turns
