"""The six problem categories (corpus/ANNOTATION.md); none of them means out of scope."""

from enum import StrEnum


class Category(StrEnum):
    """A problem category (问题类别)."""

    FOUR_WINDS = "four_winds"
    EMBEZZLEMENT = "embezzlement"
    VOTE_BUYING = "vote_buying"
    BENEFIT_MISUSE = "benefit_misuse"
    RENT_SEEKING = "rent_seeking"
    BULLYING = "bullying"

    @property
    def chinese(self) -> str:
        """The name an inspector uses."""
        return _CHINESE[self]


_CHINESE = {
    Category.FOUR_WINDS: "四风",
    Category.EMBEZZLEMENT: "贪污侵占",
    Category.VOTE_BUYING: "拉票贿选",
    Category.BENEFIT_MISUSE: "惠民待遇侵占",
    Category.RENT_SEEKING: "权力寻租",
    Category.BULLYING: "欺压群众",
}

CATEGORIES: tuple[Category, ...] = tuple(Category)

OUT_OF_SCOPE_CHINESE = "业务范围外"
